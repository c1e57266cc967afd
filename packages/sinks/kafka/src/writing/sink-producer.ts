// A producer at the edge to the client library, for one write at a time.
import { closeClient, guardErrors, isKafkaAnswer } from '@millrace/connection-kafka';
import type { Clock } from '@millrace/core';
import { type BaseOptions, type MessageToProduce, Producer } from '@platformatic/kafka';
import type { KafkaSinkOptions } from '../kafka-sink.options.ts';

/** The parameters of a producer. */
export interface SinkProducerOptions extends Pick<KafkaSinkOptions, 'compression' | 'transactionTimeoutMs'> {
  readonly settings: BaseOptions;
  readonly clock: Clock;
}

/** A transaction of the client library, which does not export the type. */
export type Transaction = Awaited<ReturnType<Producer['beginTransaction']>>;

// A broker answers CONCURRENT_TRANSACTIONS while the markers of the transaction before are written: mostly once, for some
// milliseconds. Every other answer worth a second try means a cluster that needs longer. Together about ten seconds.
const TRIES = 100;
const CONCURRENT_SHORT_TRIES = 20;
const CONCURRENT_AGAIN_MS = 5;
const AGAIN_MS = 100;
/**
 * The library sends producer id 0 instead of none, and the broker then refuses every producer but the first of a transactional
 * id (PRODUCER_FENCED), even after a clean close.
 */
const NO_PRODUCER = { producerId: -1n, producerEpoch: -1 } as const;

/** A producer whose messages are written in order, and by the library's own repetitions once. */
export class SinkProducer {
  readonly #producer: Producer;
  readonly #clock: Clock;

  /** @param transactionalId Undefined: a producer without transactions. */
  constructor(
    { settings, clock, compression, transactionTimeoutMs }: SinkProducerOptions,
    transactionalId?: string,
  ) {
    this.#clock = clock;
    this.#producer = new Producer({
      ...settings,
      idempotent: true,
      compression,
      autocreateTopics: false,
      retries: TRIES,
      retryDelay: (_, __, attempt, ___, error) =>
        attempt <= CONCURRENT_SHORT_TRIES && isKafkaAnswer(error, 'CONCURRENT_TRANSACTIONS')
          ? CONCURRENT_AGAIN_MS
          : AGAIN_MS,
      ...(transactionalId === undefined ? {} : { transactionalId, timeout: transactionTimeoutMs }),
    });
    guardErrors(this.#producer);
  }

  /** True once this producer has taken the transactional id over. */
  get isBegun(): boolean {
    return this.#producer.producerId !== undefined;
  }

  /**
   * Begins a transaction. The first one aborts the transaction that an earlier producer of the same id has left open, and shuts
   * that producer out.
   *
   * @throws errors of the client.
   */
  begin(): Promise<Transaction> {
    return this.#producer.beginTransaction(NO_PRODUCER);
  }

  /** Sends messages without a transaction. @throws errors of the client. */
  async send(messages: MessageToProduce[]): Promise<void> {
    await this.#producer.send({ messages });
  }

  /** Closes every connection; never rejects. */
  async close(): Promise<void> {
    await closeClient(this.#producer, this.#clock, () => this.#producer.close(true));
  }
}
