// The receiver behind `httpRecords` and `httpText`, with the engine's interface. One object is one start; an `HttpRun`
// holds the state of the start.
import type { Receiver, ReceiverContext } from '@millrace/core';
import type { ReceiverGauges } from '@millrace/core/observation';
import type { BodyParsers } from './bodies/body-parsers.ts';
import { HttpRun } from './http-run.ts';
import type { HttpOptions } from './http.options.ts';
import type { Submission } from './storing/submission.ts';

/** Receives records by HTTP. */
export class HttpReceiver implements Receiver<unknown> {
  readonly #options: HttpOptions;
  readonly #parsers: BodyParsers;
  #run: HttpRun | undefined;

  constructor(options: HttpOptions, parsers: BodyParsers) {
    this.#options = options;
    this.#parsers = parsers;
  }

  async start(context: ReceiverContext<unknown>): Promise<void> {
    this.#run = new HttpRun(context, this.#options, this.#parsers);
    await this.#run.start();
  }

  /** Clients keep the records that are refused, and do not tell their number. */
  gauges(): ReceiverGauges {
    return { droppedRecords: this.#run?.skippedRecords ?? 0 };
  }

  async stop(): Promise<void> {
    await this.#run?.stop();
  }

  /** Every token is the submission of a request, once for each of its pieces. */
  acknowledge(tokens: readonly unknown[]): void {
    for (const token of tokens as readonly Submission[]) token.acknowledge();
  }

  async closed(): Promise<void> {
    await this.#run?.close();
  }
}
