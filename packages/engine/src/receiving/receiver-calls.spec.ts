import { queryObjects } from 'node:v8';
import { ManualClock, type Receiver, type ReceiverContext } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { ReceiverCalls } from './receiver-calls.ts';

const ACKNOWLEDGEMENTS = 1_000;

/** Number of living promises; collects garbage first. */
const promisesAlive = (): number => queryObjects(Promise, { format: 'count' });

const noContext = {} as ReceiverContext<unknown>;

function callsOf(receiver: Partial<Receiver<unknown>>): ReceiverCalls {
  return new ReceiverCalls({
    receiver: { start: () => {}, stop: () => {}, ...receiver },
    log: new RecordingLogger(),
    clock: new ManualClock(0),
    timeoutMs: 1_000,
    givenUp: new AbortController().signal,
  });
}

describe('ReceiverCalls', () => {
  it(`keeps nothing of ${ACKNOWLEDGEMENTS} acknowledgements, while the receiver runs`, async () => {
    let acknowledged = 0;
    const calls = callsOf({ acknowledge: () => void (acknowledged += 1) });
    await calls.start(noContext);
    await calls.acknowledge([]);
    const before = promisesAlive();
    for (let n = 0; n < ACKNOWLEDGEMENTS; n += 1) await calls.acknowledge([]);
    expect(promisesAlive() - before).toBeLessThan(ACKNOWLEDGEMENTS / 10);
    expect(acknowledged).toBe(1 + ACKNOWLEDGEMENTS);
  });

  it('acknowledges once start has returned', async () => {
    const events: string[] = [];
    const starting = Promise.withResolvers<void>();
    const calls = callsOf({
      start: () => starting.promise,
      acknowledge: () => void events.push('acknowledge'),
    });
    void calls.start(noContext);
    const acknowledging = calls.acknowledge([]);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    expect(events).toEqual([]);
    starting.resolve();
    await acknowledging;
    expect(events).toEqual(['acknowledge']);
  });

  it('lets stop overtake an acknowledgement that waits for start', async () => {
    const events: string[] = [];
    const starting = Promise.withResolvers<void>();
    const calls = callsOf({
      start: () => starting.promise,
      acknowledge: () => void events.push('acknowledge'),
      stop: () => void events.push('stop'),
    });
    void calls.start(noContext);
    const acknowledging = calls.acknowledge([]);
    const stopping = calls.stop({ kind: 'stopped', message: 'enough' });
    starting.resolve();
    await Promise.all([acknowledging, stopping]);
    expect(events).toEqual(['stop', 'acknowledge']);
  });
});
