// A receiver of one's own under measurement: numbers from a timer.
import { defineReceiver, noOptions, type ReceiverContext } from '@millrace/core';
import { defineConfig } from '@millrace/harness';

const numbers = defineReceiver({
  name: 'numbers',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: [],
  },
  options: noOptions,
  create: () => {
    let timer: NodeJS.Timeout | undefined;
    let next = 0;
    return {
      start: (context: ReceiverContext<number>) => {
        timer = setInterval(() => {
          for (let count = 0; count < 20; count += 1) context.store((next += 1));
        }, 5);
      },
      stop: () => clearInterval(timer),
    };
  },
});

export default defineConfig({
  name: 'numbers of one’s own',
  batchIntervalMs: 100,
  warmUpMs: 500,
  durationMs: 1_500,
  engine: { receiving: { blockIntervalMs: 20 } },
  receiver: numbers({}),
  program: (records) => records.map((number) => number % 10).countByValue(),
});
