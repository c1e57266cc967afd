// The messages of the records of a partition, in chunks of the size of one atomic batch. Memory holds one chunk and one message,
// for any number of records.
import type { SinkWrite } from '@millrace/core';
import { unsupportedRecord } from '@millrace/core/engine';
import {
  type EncodedNatsMessage,
  encodeMessage,
  encodeRecord,
  type NatsMessageTarget,
} from './encoded-message.ts';
import type { NatsSinkMessage } from './nats-sink-message.ts';

/** The messages of one atomic batch. */
export interface NatsMessageChunk {
  readonly messages: readonly EncodedNatsMessage[];
  /** The index of the record of the first message. */
  readonly from: number;
  /** True when no record follows. */
  readonly isLast: boolean;
}

/** The conversion of the records of one partition. */
export interface NatsChunksOptions<T> {
  readonly target: NatsMessageTarget;
  /** The largest number of messages of a chunk. */
  readonly batchRecords: number;
  /** The largest number of bytes of a chunk; a larger message goes alone. */
  readonly batchBytes: number;
  /** Converts a record to a message; undefined: records are the values. */
  readonly message: ((record: T) => NatsSinkMessage) | undefined;
  readonly write: SinkWrite;
}

/** An error that is not of the server: of a record, of a function of the program or of the source of the records. */
export class NatsMessagesFailed extends Error {
  constructor(cause: unknown) {
    super('the records of a partition failed', { cause });
  }
}

/** Chunk by chunk. */
export class NatsMessageChunks<T> {
  readonly #records: Iterator<T>;
  readonly #options: NatsChunksOptions<T>;
  #count = 0;
  #waiting: EncodedNatsMessage | undefined;
  #isEnded = false;

  constructor(records: Iterable<T>, options: NatsChunksOptions<T>) {
    this.#records = records[Symbol.iterator]();
    this.#options = options;
  }

  /** The next chunk, which is empty at the end. @throws NatsMessagesFailed */
  next(): NatsMessageChunk {
    const { batchRecords, batchBytes } = this.#options;
    const messages: EncodedNatsMessage[] = [];
    const from = this.#next;
    let sizeBytes = 0;
    for (;;) {
      const next = this.#take();
      if (next === undefined) return { messages, from, isLast: true };
      const isFull =
        messages.length === batchRecords || (messages.length > 0 && sizeBytes + next.sizeBytes > batchBytes);
      if (isFull) {
        this.#waiting = next;
        return { messages, from, isLast: false };
      }
      messages.push(next);
      sizeBytes += next.sizeBytes;
    }
  }

  /** Leaves out the records before an index. @throws NatsMessagesFailed */
  skipTo(index: number): void {
    while (this.#next < index && this.#take() !== undefined);
  }

  /** Ends the source of the records before its end. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    try {
      this.#records.return?.();
    } catch {
      // The write has ended already, and its result matters more.
    }
  }

  /** The index of the next record. */
  get #next(): number {
    return this.#count - (this.#waiting === undefined ? 0 : 1);
  }

  #take(): EncodedNatsMessage | undefined {
    const next = this.#waiting ?? this.#read();
    this.#waiting = undefined;
    return next;
  }

  #read(): EncodedNatsMessage | undefined {
    if (this.#isEnded) return undefined;
    try {
      const { done, value } = this.#records.next();
      if (done === true) {
        this.#isEnded = true;
        return undefined;
      }
      const encoded = this.#encoded(value);
      this.#count += 1;
      return encoded;
    } catch (cause) {
      throw new NatsMessagesFailed(cause);
    }
  }

  #encoded(record: T): EncodedNatsMessage {
    const { message, target, write } = this.#options;
    try {
      return message === undefined ? encodeRecord(record, target) : encodeMessage(message(record), target);
    } catch (cause) {
      throw unsupportedRecord({ expected: 'records that can be messages', index: this.#count, write, cause });
    }
  }
}
