// Writes of `effectively-once`. One transaction holds the messages of a partition and a message of the ledger:
//
//   begin                the first time of a producer: a transaction left open by a predecessor is aborted, the predecessor shut out
//   send                 the message of the ledger, old ones to remove, and the first chunk
//   read the ledger      through the own message: everything that anybody has written or is writing before
//   decide               written: abort, done.  Out of another number of partitions: abort, refuse.
//                        Somebody else is writing the same batch out of another number: shut out and abort them, read again
//   send                 the other chunks
//   commit
//
// The message comes before the decision: of two writers at once, the later one in the ledger sees the earlier one.
import type { Clock, SinkWrite } from '@millrace/core';
import type { MessageToProduce } from '@platformatic/kafka';
import { isTakenOver } from '../connection/kafka-failure.ts';
import type { KafkaSinkOptions } from '../kafka-sink.options.ts';
import { kafkaSinkError } from '../kafka-sink-errors.ts';
import { forgottenMessage, tombstone, writtenMessage } from '../ledger/ledger-entry.ts';
import type { TopicLedger } from '../ledger/topic-ledger.ts';
import type { MessageChunk, MessageChunks } from '../messages/message-chunks.ts';
import { isWritten } from './ledger-refusals.ts';
import { OldWritesTurns } from './old-writes-turns.ts';
import type { PartitionWriter } from './partition-writer.ts';
import { Producers } from './producers.ts';
import { SinkProducer, type SinkProducerOptions, type Transaction } from './sink-producer.ts';

/** The parameters of the writer. */
export interface TransactionalWriterOptions
  extends
    SinkProducerOptions,
    Pick<
      KafkaSinkOptions,
      'producers' | 'topic' | 'ledgerTopic' | 'ledgerBatches' | 'transactionalIdPrefix'
    > {
  readonly ledger: TopicLedger;
}

/** Attempts to begin: after each, another writer of the partition has taken over. */
const ATTEMPTS_MAX = 3;
/** Tombstones of one transaction. */
const TOMBSTONES_MAX = 1_000;
/** An open transaction that cannot be aborted at once is aborted by its successor, or when its time is over. */
const ABORT_MS = 3_000;

interface Attempt {
  readonly transaction: Transaction;
  readonly write: SinkWrite;
  readonly chunks: MessageChunks<unknown>;
  readonly first: MessageChunk | undefined;
}

/** Writes partitions with a ledger. */
export class TransactionalWriter implements PartitionWriter {
  readonly #options: TransactionalWriterOptions;
  readonly #producers: Producers<SinkProducer>;
  readonly #turns: OldWritesTurns;

  constructor(options: TransactionalWriterOptions) {
    this.#options = options;
    this.#producers = new Producers((id) => new SinkProducer(options, id), options.producers);
    this.#turns = new OldWritesTurns(options.ledgerBatches);
  }

  /** Writes a partition, unless the ledger has the partition. @throws MessagesFailed, errors with a code, and errors of the client. */
  async write(chunks: MessageChunks<unknown>, write: SinkWrite): Promise<void> {
    if (isWritten(this.#options.ledger, write)) return;
    const first = chunks.next();
    for (let attempt = 1; ; attempt += 1) {
      const read = chunks.count;
      try {
        await this.#producers.use(this.#idOf(write, write.partition), (producer) =>
          this.#transact(producer, { write, chunks, first }),
        );
        return;
      } catch (error) {
        // Only the first chunk can be sent once more.
        const mayRepeat = chunks.count === read && attempt < ATTEMPTS_MAX && isTakenOver(error);
        if (!mayRepeat) throw error;
      }
    }
  }

  /** Closes every connection. */
  close(): Promise<void> {
    return this.#producers.close();
  }

  async #transact(producer: SinkProducer, parts: Omit<Attempt, 'transaction'>): Promise<void> {
    const { ledger, clock } = this.#options;
    const isFirst = !producer.isBegun;
    const transaction = await producer.begin();
    // A predecessor may have written the partition.
    if (isFirst) await ledger.readToEnd();
    if (isWritten(ledger, parts.write)) return await transaction.cancel();
    const attempt = { ...parts, transaction };
    try {
      await this.#sendFirst(attempt);
      if (isWritten(ledger, parts.write)) return await transaction.abort();
      await sendOthers(attempt);
      await transaction.commit();
    } catch (error) {
      await withinMs(clock, ABORT_MS, transaction.abort());
      throw error;
    }
    this.#committed(parts.write);
  }

  /** Sends the message of the ledger and the first chunk, then reads everything before this message. */
  async #sendFirst({ transaction, write, first }: Attempt): Promise<void> {
    const { ledger, ledgerTopic } = this.#options;
    const own = this.#ledgerMessages(write);
    const { offsets } = await transaction.send({ messages: [...own, ...(first?.messages ?? [])] });
    const offset = Number(offsets?.find(({ topic }) => topic === ledgerTopic)?.offset ?? -1);
    // A broker that recognises a repeated request may have forgotten the offset.
    if (offset < 0)
      throw kafkaSinkError('MR_SINK_KAFKA_FAILED', 'expected the offset of the message of the ledger, got none; the write is tried again'); // prettier-ignore
    await ledger.readThrough(offset);
    const rivals = ledger.rivals(write, offset);
    for (const partition of rivals) await this.#shutOut(write, partition);
    if (rivals.length > 0) await ledger.readToEnd();
  }

  #ledgerMessages(write: SinkWrite): MessageToProduce[] {
    const { ledger, ledgerTopic, ledgerBatches, topic: target } = this.#options;
    const messages = [writtenMessage(target, write)];
    const old = this.#turns.isDue(write) ? ledger.oldWrites(write, ledgerBatches, TOMBSTONES_MAX) : undefined;
    if (old !== undefined) {
      for (const one of old.writes) messages.push(tombstone(target, one)); // bounded: TOMBSTONES_MAX
      messages.push(forgottenMessage(target, write, old.batchTime)); // bounded: one
    }
    return messages.map(({ key, value }) => ({
      topic: ledgerTopic,
      partition: 0,
      key,
      // The declared type of the library has no tombstones.
      value: value as Buffer,
    }));
  }

  /** Aborts the open transaction of another writer. */
  async #shutOut(write: SinkWrite, partition: number): Promise<void> {
    const producer = new SinkProducer(this.#options, this.#idOf(write, partition));
    try {
      const transaction = await producer.begin();
      await transaction.cancel();
    } finally {
      await producer.close();
    }
  }

  #committed(write: SinkWrite): void {
    this.#options.ledger.committed({ kind: 'written', target: this.#options.topic, ...write });
  }

  #idOf({ application, outputOperation }: SinkWrite, partition: number): string {
    const { transactionalIdPrefix, topic } = this.#options;
    const name = encodeURIComponent(application.toWellFormed());
    return `${transactionalIdPrefix}/${topic}/${name}/${outputOperation}/${partition}`;
  }
}

/** Sends all chunks but the first, one request at a time; the next chunk is converted meanwhile. */
async function sendOthers({ transaction, chunks }: Attempt): Promise<void> {
  let sending: Promise<unknown> = Promise.resolve();
  for (let chunk = chunks.next(); chunk !== undefined; chunk = chunks.next()) {
    await sending;
    sending = transaction.send({ messages: chunk.messages });
    // Converting the next chunk may throw first.
    sending.catch(() => undefined);
  }
  await sending;
}

/** Waits for the end of an action that may fail, within a bound. */
async function withinMs(clock: Clock, ms: number, action: Promise<unknown>): Promise<void> {
  const wait = new AbortController();
  await Promise.race([action.catch(() => undefined), clock.sleepFor(ms, wait.signal).catch(() => undefined)]);
  wait.abort();
}
