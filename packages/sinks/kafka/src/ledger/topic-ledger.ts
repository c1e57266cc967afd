// The sink's record of its writes: a topic of one partition, read uncommitted up to its end, so that also a transaction which a
// dead process has left open is seen. Reading is incremental, and one reader serves all writes of a sink.
import { isKafkaAnswer, whileElecting } from '@millrace/connection-kafka';
import type { Clock, SinkWrite } from '@millrace/core';
import { type Consumer, FetchIsolationLevels } from '@platformatic/kafka';
import { kafkaSinkError } from '../kafka-sink-errors.ts';
import { entryOf, type LedgerEntry } from './ledger-entry.ts';
import { OpenTransactions } from './open-transactions.ts';
import { type OldWrites, WrittenBatches } from './written-batches.ts';

/** The parameters of a ledger. */
export interface TopicLedgerOptions {
  readonly client: Consumer;
  readonly clock: Clock;
  readonly ledgerTopic: string;
  readonly topicId: string;
  /** The topic of the records. */
  readonly target: string;
}

/** The largest number of bytes of one answer. */
const ANSWER_BYTES = 1_048_576;
/** The longest wait of a broker for a message that exists. */
const WAIT_MS = 500;
/** Empty answers in a row about a message that exists. */
const EMPTY_ANSWERS_MAX = 60;
const EARLIEST = -2n;
/** A broker forgets a session of fetches after a refused one. */
const LOST_SESSION = ['FETCH_SESSION_ID_NOT_FOUND', 'INVALID_FETCH_SESSION_EPOCH'];
const SESSIONS_LOST_MAX = 3;

/** The ledger of one topic. */
export class TopicLedger {
  readonly #options: TopicLedgerOptions;
  readonly #written = new WrittenBatches();
  readonly #transactions: OpenTransactions<LedgerEntry>;
  /** The offset to read next; undefined before the first reading. */
  #next: number | undefined;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(options: TopicLedgerOptions) {
    this.#options = options;
    this.#transactions = new OpenTransactions(
      (record) => entryOf(options.target, record),
      (entry) => this.#written.add(entry),
    );
  }

  /** Reads up to the end of the topic. @throws `MR_SINK_KAFKA_LEDGER`, and errors of the client. */
  readToEnd(): Promise<void> {
    return this.#exclusively(async () => {
      while (await this.#readOnce(0));
    });
  }

  /** Reads up to a message that exists, and the message itself. @throws as `readToEnd`. */
  readThrough(offset: number): Promise<void> {
    return this.#exclusively(async () => {
      for (let answers = 0; (this.#next ?? 0) <= offset;) {
        const before = this.#next;
        await this.#readOnce(WAIT_MS);
        answers = this.#next === before ? answers + 1 : 0;
        // A new leader without the message.
        if (answers === EMPTY_ANSWERS_MAX) throw lostPart(this.#options.ledgerTopic);
      }
    });
  }

  /** True when the partition is written, by a committed transaction. */
  has(write: SinkWrite): boolean {
    return this.#written.has(write);
  }

  /** The number of partitions of a batch of which some partition is written. */
  partitionsOf(write: SinkWrite): number | undefined {
    return this.#written.partitionsOf(write);
  }

  /** The newest batch of which messages were removed. */
  forgotten(write: SinkWrite): number | undefined {
    return this.#written.forgotten(write);
  }

  /** Messages that a write removes. */
  oldWrites(write: SinkWrite, kept: number, writesMax: number): OldWrites | undefined {
    return this.#written.oldWrites(write, kept, writesMax);
  }

  /**
   * Partitions whose open transactions may still commit, before an offset, something of this batch that cannot stand beside the
   * write: the same partition, or a partition out of another number.
   */
  rivals({ partition, partitions, ...batch }: SinkWrite, before: number): readonly number[] {
    const found = new Set<number>();
    for (const { entry, offset } of this.#transactions.undecided()) {
      if (offset >= before || entry.kind !== 'written') continue;
      const isSameBatch =
        entry.application === batch.application &&
        entry.outputOperation === batch.outputOperation &&
        entry.batchTime === batch.batchTime;
      const isRival = entry.partition === partition || entry.partitions !== partitions;
      if (isSameBatch && isRival && entry.partitions !== undefined) found.add(entry.partition);
    }
    return [...found];
  }

  /** Adds the message of a transaction that this sink has committed, before its marker is read. */
  committed(entry: LedgerEntry): void {
    this.#written.add(entry);
  }

  async #exclusively(read: () => Promise<void>): Promise<void> {
    const before = this.#reading;
    const reading = before.then(read, read);
    this.#reading = reading.catch(() => undefined);
    await reading;
  }

  /** False at the end. */
  async #readOnce(waitMs: number): Promise<boolean> {
    const from = this.#next ?? (await this.#firstOffset());
    const partitions = await this.#fetched(from, waitMs);
    const { records, highWatermark } = partitions ?? {};
    const batches = records ?? [];
    this.#transactions.read(batches, from);
    const last = batches.at(-1);
    this.#next = last === undefined ? from : Number(last.firstOffset) + last.lastOffsetDelta + 1;
    return last !== undefined && highWatermark !== undefined && this.#next < Number(highWatermark);
  }

  async #firstOffset(): Promise<number> {
    const { client, clock, ledgerTopic } = this.#options;
    const asked = { topics: [ledgerTopic], partitions: { [ledgerTopic]: [0] }, timestamp: EARLIEST };
    const found = await whileElecting(clock, () => client.listOffsets(asked));
    return Number(found.get(ledgerTopic)?.[0] ?? 0);
  }

  async #fetched(from: number, waitMs: number) {
    for (let lost = 0; ; lost += 1) {
      try {
        const { responses } = await whileElecting(this.#options.clock, () => this.#fetch(from, waitMs));
        return responses[0]?.partitions[0];
      } catch (error) {
        if (isKafkaAnswer(error, 'OFFSET_OUT_OF_RANGE')) throw lostPart(this.#options.ledgerTopic);
        const isLost = LOST_SESSION.some((name) => isKafkaAnswer(error, name));
        if (!isLost || lost === SESSIONS_LOST_MAX) throw error;
      }
    }
  }

  #fetch(from: number, waitMs: number) {
    const { client, topicId } = this.#options;
    const partition = {
      partition: 0,
      fetchOffset: BigInt(from),
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      partitionMaxBytes: ANSWER_BYTES,
    };
    return client.fetch({
      // The library looks up the leader of a single partition.
      node: -1,
      topics: [{ topicId, partitions: [partition] }],
      isolationLevel: FetchIsolationLevels.READ_UNCOMMITTED,
      maxBytes: ANSWER_BYTES,
      minBytes: 1,
      maxWaitTime: waitMs,
    });
  }
}

function lostPart(topic: string): Error {
  const message = `expected the ledger ${topic} to keep what this sink has read; a part of the topic was removed or lost: decide about the records since, then start again`;
  return kafkaSinkError('MR_SINK_KAFKA_LEDGER', message, { details: { topic } });
}
