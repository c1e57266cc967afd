// A replayable source of a fixed number of numbers, for programs of tests.
import { defineReceiver, noOptions, type Receiver, type ReceiverContext } from '@millrace/core';

/** The source has the numbers from 0 below this one. */
export const NUMBERS = 300;

async function store(context: ReceiverContext<number>, next: number): Promise<void> {
  for (let n = next; n < NUMBERS && !context.signal.aborted; n += 1) {
    if (!context.store(n, n)) await context.ready();
    await context.clock.sleepFor(2);
  }
}

/** Stores the numbers in order, from the one after the last stored number. */
export const countedNumbers = defineReceiver({
  name: 'counted-numbers',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: true,
    ordering: 'per-stream',
    pause: true,
    bounded: true,
    format: 'records',
    touches: [],
  },
  options: noOptions,
  create: (): Receiver<number> => ({
    start: (context) => {
      const { resumeFrom } = context;
      // A stop rejects the wait for room.
      store(context, resumeFrom === undefined ? 0 : Number(resumeFrom) + 1).catch(() => undefined);
    },
    stop: () => undefined,
  }),
});
