// The messages of the records of a partition, in chunks of the size of one request. Memory holds one chunk and one message, for
// any number of records.
import type { SinkWrite } from '@millrace/core';
import { unsupportedRecord } from '@millrace/core/engine';
import type { MessageToProduce } from '@platformatic/kafka';
import { type EncodedMessage, encodeMessage, encodeRecord, type MessageTarget } from './encoded-message.ts';
import type { KafkaSinkMessage } from './kafka-sink-message.ts';

/** The messages of one request. */
export interface MessageChunk {
  readonly messages: MessageToProduce[];
  /** The index of the record of the first message. */
  readonly from: number;
}

/** The conversion of the records of one partition. */
export interface ChunksOptions<T> {
  readonly target: MessageTarget;
  /** The largest number of bytes of a chunk; a larger message goes alone. */
  readonly requestBytes: number;
  /** Converts a record to a message; undefined: records are the values. */
  readonly message: ((record: T) => KafkaSinkMessage) | undefined;
  readonly write: SinkWrite;
}

/** An error that is not of the cluster: of a record, of a function of the program or of the source of the records. */
export class MessagesFailed extends Error {
  constructor(cause: unknown) {
    super('the records of a partition failed', { cause });
  }
}

/** Chunk by chunk. */
export class MessageChunks<T> {
  readonly #records: Iterator<T>;
  readonly #options: ChunksOptions<T>;
  #count = 0;
  #waiting: EncodedMessage | undefined;
  #isEnded = false;

  constructor(records: Iterable<T>, options: ChunksOptions<T>) {
    this.#records = records[Symbol.iterator]();
    this.#options = options;
  }

  /** The number of records read so far. */
  get count(): number {
    return this.#count;
  }

  /** The next chunk; undefined at the end. @throws MessagesFailed */
  next(): MessageChunk | undefined {
    const messages: MessageToProduce[] = [];
    const from = this.#count - (this.#waiting === undefined ? 0 : 1);
    let sizeBytes = 0;
    for (;;) {
      const next = this.#waiting ?? this.#read();
      this.#waiting = undefined;
      if (next === undefined) return messages.length === 0 ? undefined : { messages, from };
      if (messages.length > 0 && sizeBytes + next.sizeBytes > this.#options.requestBytes) {
        this.#waiting = next;
        return { messages, from };
      }
      messages.push(next.message);
      sizeBytes += next.sizeBytes;
    }
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

  #read(): EncodedMessage | undefined {
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
      throw new MessagesFailed(cause);
    }
  }

  #encoded(record: T): EncodedMessage {
    const { message, target, write } = this.#options;
    try {
      return message === undefined ? encodeRecord(record, target) : encodeMessage(message(record), target);
    } catch (cause) {
      throw unsupportedRecord({ expected: 'records that can be messages', index: this.#count, write, cause });
    }
  }
}
