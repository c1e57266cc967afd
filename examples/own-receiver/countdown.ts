// A receiver in under 30 lines: counts down, one number per tick, and ends. Time comes from the context's clock, so the
// same receiver runs under a test's manual clock without waiting.
import { defineReceiver, type Receiver, type ReceiverContext, type Timer } from '@millrace/core';
import { z } from 'zod';

/** Counts down from `from` to 1, a number every `tickMs` milliseconds. */
export const countdown = defineReceiver({
  name: 'countdown',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: true,
    format: 'records',
    touches: [],
  },
  options: z.strictObject({ from: z.int().positive(), tickMs: z.int().positive().default(10) }),
  create: ({ from, tickMs }): Receiver<number> => {
    let timer: Timer | undefined;
    const tick = (context: ReceiverContext<number>, number: number): void => {
      if (number === 0) return context.stop('the countdown is over');
      context.store(number);
      timer = context.clock.after(tickMs, () => tick(context, number - 1));
    };
    return { start: (context) => tick(context, from), stop: () => timer?.cancel() };
  },
});
