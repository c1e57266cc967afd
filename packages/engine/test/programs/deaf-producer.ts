// A program for tests: a producer that ignores `false`, and a job that never ends. The producer stores until a
// refusal, counts refusals, and prints the largest amount held and the reported errors, as JSON. Run with a small
// heap, the process would run out of memory if the amount held had no bound.
import {
  defineReceiver,
  isMillraceError,
  Logger,
  NoopLogger,
  noOptions,
  provide,
  type Receiver,
} from '@millrace/core';
import { StreamingContext } from '@millrace/engine';

const REFUSALS = 1_000;
const MIB = 2 ** 20;
let [stored, refused] = [0, 0];
const codes = new Set<string>();
const done = Promise.withResolvers<void>();

const deaf = defineReceiver({
  name: 'deaf',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: false,
    bounded: false,
    format: 'records',
    touches: [],
  },
  options: noOptions,
  create: (): Receiver<object> => ({
    start: (context) => {
      const storeOn = async () => {
        while (refused < REFUSALS) {
          for (let n = 0; n < 1_000; n += 1) {
            try {
              context.store({ n: stored, text: `record ${stored} of a deaf producer` });
              stored += 1;
            } catch (error) {
              refused += 1;
              if (isMillraceError(error)) codes.add(error.code);
            }
          }
          // Blocks are pushed meanwhile: the bound must apply over all places of records.
          await new Promise((resolve) => setImmediate(resolve));
        }
        done.resolve();
      };
      void storeOn();
    },
    stop: () => undefined,
  }),
});

const ssc = new StreamingContext({
  appName: 'deaf-producer',
  batchIntervalMs: 200,
  plugins: [provide(Logger, new NoopLogger())],
});
ssc.receiverStream(deaf({})).foreachRDD(() => new Promise<void>(() => undefined));
const errorCodes: string[] = [];
ssc.on('receiver:error', ({ receiver }) => void errorCodes.push(receiver.lastError?.code ?? ''));
await ssc.start();
await done.promise;
const heapMib = Math.round(process.memoryUsage().heapUsed / MIB);
const { durationMs } = await ssc.stop({ deadlineMs: 1_000 });
process.stdout.write(
  `${JSON.stringify({ stored, refused, codes: [...codes], errorCodes: [...new Set(errorCodes)], heapMib, durationMs: Math.round(durationMs) })}\n`,
);
process.exit(0);
