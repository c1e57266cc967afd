// What is written, by the ledger in the stream. A message of the ledger is written only where its subject has none, so of any
// number of writers at once one decides, and the others learn the decision.
import { batchId, coreError, type SinkWrite } from '@millrace/core';
import { headers } from '@nats-io/transport-node';
import { isAnotherLast } from '../connection/nats-sink-failure.ts';
import type { TargetStream } from '../stream/target-stream.ts';
import { natsSinkError } from '../nats-sink-errors.ts';
import {
  batchTimeIn,
  forgottenIn,
  type LedgerOperation,
  type LedgerSubjects,
  partIn,
  partitionsIn,
  type WrittenPart,
} from './ledger-subjects.ts';

/** Collaborators of a `StreamLedger`. */
export interface StreamLedgerDeps {
  readonly stream: () => Promise<TargetStream>;
  readonly subjects: LedgerSubjects;
  /** The least number of batches of each output operation to keep. */
  readonly ledgerBatches: number;
}

/** What a sink knows about an output operation. */
interface KnownOperation {
  /** The newest batch of which messages were removed. */
  forgotten: number | undefined;
  /** The number of partitions of batches that this sink has claimed. */
  readonly partitions: Map<number, number>;
  /** Batches of the ledger; undefined until they were asked for. */
  batchTimes: Set<number> | undefined;
}

/** Old batches are removed together. */
const REMOVED_AT_ONCE = 100;
/** Batches whose number of partitions is remembered. */
const CLAIMS_MAX = 64;

/** The expectation that a subject has no message. */
export const EXPECT_NONE = { name: 'Nats-Expected-Last-Subject-Sequence', value: '0' } as const;

/** The ledger of one stream. */
export class StreamLedger {
  readonly #deps: StreamLedgerDeps;
  /** The program bounds the number of output operations. */
  readonly #operations = new Map<string, Promise<KnownOperation>>();

  constructor(deps: StreamLedgerDeps) {
    this.#deps = deps;
  }

  /**
   * Claims a batch for its number of partitions.
   *
   * @throws `MR_SINK_REPARTITIONED`, `MR_SINK_NATS_FORGOTTEN`, `MR_SINK_NATS_LEDGER`, and errors of the client.
   */
  async claim(write: SinkWrite): Promise<void> {
    const { batchTime, partitions } = write;
    const operation = await this.#operation(write);
    const before = operation.partitions.get(batchTime) ?? (await this.#claimed(write, operation));
    if (before !== partitions) throw repartitioned(write, before);
    operation.partitions.set(batchTime, before);
    for (const oldest of operation.partitions.keys()) {
      if (operation.partitions.size <= CLAIMS_MAX) break;
      operation.partitions.delete(oldest);
    }
  }

  /** The written part of a partition; undefined when nothing is written. @throws errors of the client. */
  async written(write: SinkWrite): Promise<WrittenPart | undefined> {
    const stream = await this.#deps.stream();
    const found = await stream.last(this.#deps.subjects.chunks(write));
    return found === undefined ? undefined : partIn(found.text, found.subject);
  }

  /** Removes old batches now and then. To be called by the writer of the first partition. @throws errors of the client. */
  async forget(write: SinkWrite): Promise<void> {
    const { subjects, ledgerBatches } = this.#deps;
    const operation = await this.#operation(write);
    const stream = await this.#deps.stream();
    operation.batchTimes ??= new Set(
      (await stream.subjectsOf(subjects.counts(write))).map((subject) => batchTimeIn(subject)),
    );
    operation.batchTimes.add(write.batchTime);
    if (operation.batchTimes.size < ledgerBatches + REMOVED_AT_ONCE) return;
    const times = [...operation.batchTimes].toSorted((a, b) => a - b);
    const old = times.slice(0, times.length - ledgerBatches).filter((time) => time < write.batchTime);
    const newest = old.at(-1);
    if (newest === undefined) return;
    // First the word that batches are forgotten, then their messages.
    const data = Buffer.from(JSON.stringify({ batchTime: newest }));
    await stream.publish({ subject: subjects.forgotten(write), data, headers: headers() });
    operation.forgotten = newest;
    for (const batchTime of old) {
      await stream.remove(subjects.batch({ ...write, batchTime }));
      operation.batchTimes.delete(batchTime);
    }
  }

  /** The number of partitions of a batch, by this write or by an earlier one. */
  async #claimed(write: SinkWrite, { forgotten }: KnownOperation): Promise<number> {
    const subject = this.#deps.subjects.count(write);
    const stream = await this.#deps.stream();
    const isOld = forgotten !== undefined && write.batchTime <= forgotten;
    if (!isOld) {
      const expectation = headers();
      expectation.set(EXPECT_NONE.name, EXPECT_NONE.value);
      const data = Buffer.from(JSON.stringify({ partitions: write.partitions }));
      try {
        await stream.publish({ subject, data, headers: expectation });
        return write.partitions;
      } catch (error) {
        if (!isAnotherLast(error)) throw error;
      }
    }
    const found = await stream.last(subject);
    if (found !== undefined) return partitionsIn(found.text, subject);
    throw tooOld(write, forgotten);
  }

  #operation(operation: LedgerOperation): Promise<KnownOperation> {
    const subject = this.#deps.subjects.forgotten(operation);
    const known = this.#operations.get(subject);
    if (known !== undefined) return known;
    const asked = this.#ask(subject);
    this.#operations.set(subject, asked);
    // A failure is asked again by the next write.
    asked.catch(() => this.#operations.delete(subject));
    return asked;
  }

  async #ask(subject: string): Promise<KnownOperation> {
    const stream = await this.#deps.stream();
    const found = await stream.last(subject);
    const forgotten = found === undefined ? undefined : forgottenIn(found.text, subject);
    return { forgotten, partitions: new Map(), batchTimes: undefined };
  }
}

function repartitioned(write: SinkWrite, before: number): Error {
  const message = `expected ${batchId(write)} out of ${before} partitions, as in the first run, got ${write.partitions}; run the batch with the first number`;
  return coreError('MR_SINK_REPARTITIONED', message, { details: { ...write, before } });
}

function tooOld(write: SinkWrite, forgotten: number | undefined): Error {
  const message = `expected a batch after ${forgotten ?? 'those of the ledger'}, the newest batch dropped from the ledger, got ${batchId(write)}; raise ledgerBatches, or choose another name for an application that starts over`;
  return natsSinkError('MR_SINK_NATS_FORGOTTEN', message, { details: { ...write, forgotten } });
}
