import { ManualClock, SeededRandom } from '@millrace/core';
import { FakeNats } from '@millrace/nats/testing';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { NatsLink } from '../link/nats-link.ts';
import { LateLink } from './late-link.ts';

describe('LateLink', () => {
  it('loses messages before the connection, and keeps subscriptions', async () => {
    const nats = new FakeNats({ clock: new ManualClock(), random: new SeededRandom(1) });
    const opening = Promise.withResolvers<NatsLink>();
    const late = new LateLink(opening.promise);
    const heard: string[] = [];
    const kept = late.subscribe('kept', ({ data }) => heard.push(Buffer.from(data).toString()));
    late.subscribe('given-up', () => heard.push('given up')).unsubscribe();
    expect(late.publish('kept', Buffer.from('early'))).toBe(false);
    opening.resolve(nats.connect());
    await settle();
    expect(late.publish('kept', Buffer.from('later'))).toBe(true);
    late.publish('given-up', Buffer.from('x'));
    const other = late.subscribe('other', () => heard.push('other'));
    late.publish('other', Buffer.from('x'));
    await settle();
    expect(heard).toEqual(['later', 'other']);
    kept.unsubscribe();
    other.unsubscribe();
    late.publish('kept', Buffer.from('x'));
    late.publish('other', Buffer.from('x'));
    await settle();
    expect(heard).toHaveLength(2);
  });
});
