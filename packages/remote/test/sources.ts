// Sources for tests of executors: receivers whose context is accessible to the test, on any executor.
import { defineReceiver, noOptions, type Receiver, type ReceiverContext } from '@millrace/core';

/** A receiver that stores the records of the test, and records its executors. */
export class HandSource {
  /** The promise of each start; set by the test. */
  starting: Promise<void> | undefined;
  /** One context for each start, in order. */
  readonly contexts: ReceiverContext<string>[] = [];
  readonly acknowledged: unknown[] = [];

  /** The context of the last start. */
  get current(): ReceiverContext<string> {
    const context = this.contexts.at(-1);
    if (context === undefined) throw new TypeError('no receiver has been started');
    return context;
  }

  /** A receiver of this source, for one copy of the program. */
  receiver() {
    return defineReceiver({
      name: 'by-hand',
      contract: 1,
      capabilities: {
        ack: 'individual',
        replayable: false,
        ordering: 'per-stream',
        pause: true,
        bounded: false,
        format: 'records',
        touches: [],
      },
      options: noOptions,
      create: (): Receiver<string> => ({
        start: (context) => {
          this.contexts.push(context);
          return this.starting;
        },
        stop: () => undefined,
        acknowledge: (tokens) => void this.acknowledged.push(...tokens),
      }),
    })({});
  }
}
