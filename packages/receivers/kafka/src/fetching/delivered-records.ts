// The records of one answer of a broker that belong to a reader. A broker answers with whole batches, as producers have
// written them:
//
//   asked from 12    [ 10 11 12 13 ]  [ marker: aborted ]  [ 15 16 ]
//                          └ first      no record            may be of an aborted transaction
//
// A marker is a batch that ends a transaction. The client library leaves out only the last aborted transaction of a producer,
// and only with its marker in the same answer; here every aborted transaction is left out.
import type { KafkaRecord, RecordsBatch } from '@platformatic/kafka';

const IS_TRANSACTIONAL = 1 << 4;
const IS_CONTROL = 1 << 5;
const IS_APPEND_TIME = 1 << 3;
/** The kind of a marker, behind the version of its key. */
const KIND_AT = 2;
const KIND_ABORT = 0;

/** An aborted transaction, as a broker lists it. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/** The part of an answer about one partition. */
export interface FetchedBatches {
  readonly batches: readonly RecordsBatch[];
  /** Empty for a reader of uncommitted records. */
  readonly aborted: readonly AbortedTransaction[];
}

/** The records of an answer in order, one at a time: a reader under back-pressure stops between two records. */
export class DeliveredRecords {
  /** The offset of the record that `next` has returned. */
  offset = -1;
  readonly #batches: readonly RecordsBatch[];
  readonly #from: number;
  readonly #open: OpenAborts;
  #batchIndex = -1;
  #recordIndex = 0;
  #batch: RecordsBatch | undefined;
  #baseOffset = 0;

  /** @param from The offset of the first wanted record. */
  constructor({ batches, aborted }: FetchedBatches, from: number) {
    this.#batches = batches;
    this.#from = from;
    this.#open = new OpenAborts(aborted);
  }

  /** The next record; undefined at the end. */
  next(): KafkaRecord | undefined {
    for (;;) {
      const record = this.#batch?.records[this.#recordIndex];
      if (record === undefined) {
        if (!this.#nextBatch()) return undefined;
        continue;
      }
      this.#recordIndex += 1;
      const offset = this.#baseOffset + record.offsetDelta;
      if (offset < this.#from) continue;
      this.offset = offset;
      return record;
    }
  }

  /** The time of a record that `next` has returned, in milliseconds since 1970. */
  timestampMs(record: KafkaRecord): number {
    const batch = this.#batch as RecordsBatch;
    const isAppendTime = (batch.attributes & IS_APPEND_TIME) !== 0;
    return Number(isAppendTime ? batch.maxTimestamp : batch.firstTimestamp + record.timestampDelta);
  }

  /** Goes to the next batch with records for the reader. */
  #nextBatch(): boolean {
    for (;;) {
      this.#batchIndex += 1;
      const batch = this.#batches[this.#batchIndex];
      if (batch === undefined) {
        this.#batch = undefined;
        return false;
      }
      if (!this.#open.leavesOut(batch)) {
        this.#batch = batch;
        this.#baseOffset = Number(batch.firstOffset);
        this.#recordIndex = 0;
        return true;
      }
    }
  }
}

/** The offset behind the last batch; undefined without batches. */
export function offsetBehind(batches: readonly RecordsBatch[]): number | undefined {
  const last = batches.at(-1);
  return last === undefined ? undefined : Number(last.firstOffset) + last.lastOffsetDelta + 1;
}

/** Follows aborted transactions through the batches: each is open from its first offset to its marker. */
class OpenAborts {
  readonly #aborted: readonly AbortedTransaction[];
  readonly #open = new Set<bigint>();
  #next = 0;

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#aborted = aborted.toSorted((a, b) => Number(a.firstOffset - b.firstOffset));
  }

  /** True for a marker, and for the records of an aborted transaction. */
  leavesOut(batch: RecordsBatch): boolean {
    const { attributes, producerId } = batch;
    if (this.#aborted.length > 0) this.#openUpTo(batch.firstOffset + BigInt(batch.lastOffsetDelta));
    if ((attributes & IS_CONTROL) !== 0) {
      if (isAbort(batch)) this.#open.delete(producerId);
      return true;
    }
    return (attributes & IS_TRANSACTIONAL) !== 0 && this.#open.has(producerId);
  }

  #openUpTo(lastOffset: bigint): void {
    for (;;) {
      const next = this.#aborted[this.#next];
      if (next === undefined || next.firstOffset > lastOffset) return;
      this.#open.add(next.producerId);
      this.#next += 1;
    }
  }
}

function isAbort({ records }: RecordsBatch): boolean {
  const key = records[0]?.key;
  return key !== null && key !== undefined && key.length >= 4 && key.readInt16BE(KIND_AT) === KIND_ABORT;
}
