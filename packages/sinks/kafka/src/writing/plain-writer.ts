// Writes of `at-least-once`: requests without transactions. A write that fails in the middle leaves a part of its records, and the
// repetition writes all of them again.
import type { MessageChunks } from '../messages/message-chunks.ts';
import { Producers } from './producers.ts';
import { SinkProducer, type SinkProducerOptions } from './sink-producer.ts';
import type { PartitionWriter } from './partition-writer.ts';

/** Writes partitions without a ledger. */
export class PlainWriter implements PartitionWriter {
  readonly #producers: Producers<SinkProducer>;
  readonly #names: number;
  #next = 0;

  constructor(options: SinkProducerOptions & { readonly producers: number }) {
    this.#names = options.producers;
    this.#producers = new Producers(() => new SinkProducer(options), options.producers);
  }

  /** Sends the chunks in order. @throws MessagesFailed, and errors of the client. */
  async write(chunks: MessageChunks<unknown>): Promise<void> {
    this.#next += 1;
    await this.#producers.use(`${this.#next % this.#names}`, async (producer) => {
      let sending: Promise<void> = Promise.resolve();
      for (let chunk = chunks.next(); chunk !== undefined; chunk = chunks.next()) {
        await sending;
        sending = producer.send(chunk.messages);
        // Converting the next chunk may throw first.
        sending.catch(() => undefined);
      }
      await sending;
    });
  }

  /** Closes every connection. */
  close(): Promise<void> {
    return this.#producers.close();
  }
}
