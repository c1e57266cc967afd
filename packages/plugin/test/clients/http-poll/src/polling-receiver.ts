// Polls an HTTP API with `fetch`. The API answers `GET url?after=id&limit=n` with the records behind `id`, as a JSON array.
// The position of a record is its id, so the next life continues behind the last durable record.
import type { Receiver, ReceiverContext } from '@millrace/core';
import { z } from 'zod';
import type { HttpPollOptions } from './http-poll.options.ts';

const record = z.object({ id: z.int().min(0), value: z.unknown() });

/** One record of the API. */
export type HttpPollRecord = Readonly<z.output<typeof record>>;

/** The last stored record. */
interface Position {
  readonly after: number;
}

/** See the header of this file. */
export class PollingReceiver implements Receiver<HttpPollRecord> {
  readonly #options: HttpPollOptions;
  #polling: Promise<void> | undefined;

  constructor(options: HttpPollOptions) {
    this.#options = options;
  }

  start(context: ReceiverContext<HttpPollRecord>): void {
    this.#polling = this.#poll(context);
  }

  async stop(): Promise<void> {
    await this.#polling;
  }

  /** Never rejects. */
  async #poll(context: ReceiverContext<HttpPollRecord>): Promise<void> {
    const { clock, signal } = context;
    let after = (context.resumeFrom as Position | undefined)?.after ?? -1;
    try {
      for (;;) {
        const answer = await this.#ask(after, signal);
        for (const item of answer) after = await this.#store(item, after, context);
        if (answer.length === 0) await clock.sleepFor(this.#options.pollMs, signal);
      }
    } catch (error) {
      if (!signal.aborted) context.restart('polling the API failed', error);
    }
  }

  async #ask(after: number, signal: AbortSignal): Promise<readonly unknown[]> {
    const url = new URL(this.#options.url);
    url.searchParams.set('after', `${after}`);
    url.searchParams.set('limit', `${this.#options.limit}`);
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`expected status 200 of the API, got ${response.status}`);
    return z.array(z.unknown()).parse(await response.json());
  }

  /** The new position. */
  async #store(item: unknown, after: number, context: ReceiverContext<HttpPollRecord>): Promise<number> {
    const { data } = record.safeParse(item);
    if (data === undefined) {
      context.reportError('a record of the API has no id; it was left out');
      return after;
    }
    const position: Position = { after: data.id };
    if (!context.store(data, position)) await context.ready();
    return data.id;
  }
}
