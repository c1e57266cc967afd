// Transactions in a log that is read before they end. Messages of one transaction have the id of their producer, and a marker of
// this producer ends the transaction:
//
//   producer 7: a    producer 9: b    marker of 7: commit    producer 7: c         a is committed; b and c are undecided
import type { KafkaRecord, RecordsBatch } from '@platformatic/kafka';

const IS_TRANSACTIONAL = 1 << 4;
const IS_CONTROL = 1 << 5;
/** The kind of a marker, behind the version of its key. */
const KIND_AT = 2;
const KIND_ABORT = 0;
const KIND_COMMIT = 1;

/** A message of a transaction. */
export interface OpenMessage<E> {
  readonly entry: E;
  readonly offset: number;
}

/** Follows the transactions of a log; `E` is the content of a message. */
export class OpenTransactions<E> {
  readonly #entryOf: (record: KafkaRecord) => E | undefined;
  readonly #commit: (entry: E) => void;
  /** By producer; one for each writer that is in the middle of a write. */
  readonly #open = new Map<bigint, OpenMessage<E>[]>();

  /**
   * @param entryOf The content of a message; undefined for a message to leave out.
   * @param commit Takes the messages of committed transactions, in the order of the markers.
   */
  constructor(entryOf: (record: KafkaRecord) => E | undefined, commit: (entry: E) => void) {
    this.#entryOf = entryOf;
    this.#commit = commit;
  }

  /** Reads the batches of an answer of a broker, from the offset that was asked for. */
  read(batches: readonly RecordsBatch[], from: number): void {
    for (const batch of batches) {
      if (Number(batch.firstOffset) + batch.lastOffsetDelta < from) continue;
      if ((batch.attributes & IS_CONTROL) !== 0) this.#end(batch);
      else if ((batch.attributes & IS_TRANSACTIONAL) !== 0) this.#add(batch, from);
    }
  }

  /** The messages of transactions without an end. */
  *undecided(): Generator<OpenMessage<E>> {
    for (const messages of this.#open.values()) yield* messages;
  }

  #add({ firstOffset, producerId, records }: RecordsBatch, from: number): void {
    const messages = this.#open.get(producerId) ?? [];
    this.#open.set(producerId, messages);
    for (const record of records) {
      const offset = Number(firstOffset) + record.offsetDelta;
      const entry = offset < from ? undefined : this.#entryOf(record);
      if (entry !== undefined) messages.push({ entry, offset });
    }
  }

  #end({ producerId, records }: RecordsBatch): void {
    const kind = kindOf(records[0]);
    if (kind !== KIND_COMMIT && kind !== KIND_ABORT) return;
    const messages = this.#open.get(producerId) ?? [];
    this.#open.delete(producerId);
    if (kind === KIND_COMMIT) for (const { entry } of messages) this.#commit(entry);
  }
}

function kindOf(marker: KafkaRecord | undefined): number | undefined {
  const key = marker?.key;
  return key !== null && key !== undefined && key.length >= 4 ? key.readInt16BE(KIND_AT) : undefined;
}
