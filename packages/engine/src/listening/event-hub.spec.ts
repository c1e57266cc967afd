import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ManualClock, type StreamingEvents } from '@millrace/core';
import { RecordingLogger, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { EventHub } from './event-hub.ts';

const hubWith = () => {
  const log = new RecordingLogger();
  return { log, hub: new EventHub({ clock: new ManualClock(), log }) };
};

const late = { batchTime: 1_000, stream: 'visits', recordCount: 2 };

describe('EventHub', () => {
  it('gives every listener the same event, although one listener tries to change the event', async () => {
    const { hub, log } = hubWith();
    const seen: unknown[] = [];
    hub.on('records:late', (event) => void Object.assign(event.late, { recordCount: 99 }));
    hub.on('records:late', (event) => void seen.push(event));
    const channelSeen: unknown[] = [];
    const onMessage = (message: unknown) => void channelSeen.push(message);
    subscribe('millrace:records:late', onMessage);
    const value: StreamingEvents['records:late'] = { late: { ...late } };
    hub.publish('records:late', value);
    unsubscribe('millrace:records:late', onMessage);
    await settle();
    expect([seen, channelSeen, value]).toEqual([[{ late }], [{ late }], { late }]);
    expect(log.lines.map(({ message }) => message)).toEqual(['listener failed']);
    expect(Object.isFrozen(value.late)).toBe(false);
  });

  it('gives a listener only the events it subscribed to, until it unsubscribes', async () => {
    const { hub } = hubWith();
    const seen: number[] = [];
    const end = hub.on('streaming:started', ({ timeMs }) => void seen.push(timeMs));
    hub.publish('streaming:stopped', { timeMs: 1 });
    hub.publish('streaming:started', { timeMs: 2 });
    await settle();
    end();
    hub.publish('streaming:started', { timeMs: 3 });
    await settle();
    expect(seen).toEqual([2]);
  });
});
