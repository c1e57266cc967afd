// The replayable source of the clusters in these examples: one record every few milliseconds, numbered from 0 on. The position of a
// record is its number, so a receiver that starts anywhere goes on behind the last stored number.
import { defineReceiver, noOptions, type Receiver, type ReceiverContext } from '@millrace/core';

const PERIOD_MS = 10;

/** Makes the source. `recordOf` makes the record of a number, the same one for the same number. */
export function numberedSource<Item>(name: string, recordOf: (number: number) => Item) {
  return defineReceiver({
    name,
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
    create: (): Receiver<Item> => ({
      start: (context) => {
        const last = context.resumeFrom;
        storeFrom(context, recordOf, last === undefined ? 0 : Number(last) + 1).catch((error: unknown) => {
          // A stop rejects the wait for room.
          if (!context.signal.aborted) context.restart('numbers cannot be stored', error);
        });
      },
      stop: () => undefined,
    }),
  });
}

async function storeFrom<Item>(
  context: ReceiverContext<Item>,
  recordOf: (number: number) => Item,
  first: number,
): Promise<void> {
  for (let number = first; !context.signal.aborted; number += 1) {
    if (!context.store(recordOf(number), number)) await context.ready();
    await context.clock.sleepFor(PERIOD_MS);
  }
}
