import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { DiagnosticsChannels } from './diagnostics-channels.ts';

describe('DiagnosticsChannels', () => {
  it('publishes an event on the channel of its name', () => {
    const seen: unknown[] = [];
    const onMessage = (message: unknown, name: string | symbol) => seen.push([name, message]);
    subscribe('millrace:streaming:started', onMessage);
    const channels = new DiagnosticsChannels();
    channels.post('streaming:started', { timeMs: 5 });
    channels.post('streaming:stopped', { timeMs: 6 });
    unsubscribe('millrace:streaming:started', onMessage);
    channels.post('streaming:started', { timeMs: 7 });
    expect(seen).toEqual([['millrace:streaming:started', { timeMs: 5 }]]);
  });
});
