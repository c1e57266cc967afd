// The messages of a stream on one server: the operations of the stream, applied in order, up to a point that may lag behind.
import { isMatch } from '../../link/subjects.ts';
import type { StoredMessage, StreamConfig } from '../../streams/stream-shapes.ts';

/** A change of a stream that a quorum has accepted. */
export type FakeOperation =
  | { readonly kind: 'store'; readonly message: StoredMessage }
  | { readonly kind: 'purge'; readonly below?: number | undefined; readonly subject?: string | undefined };

/** One replica. */
export class FakeReplica {
  /** By sequence, in order. */
  readonly messages = new Map<number, StoredMessage>();
  /** The sequence of the newest message of each subject that has one. */
  readonly lastOf = new Map<string, number>();
  /** The number of operations that the replica has applied. */
  applied = 0;
  last = 0;
  bytes = 0;

  /** The sequence of the oldest message, or the one behind the newest without messages. */
  get first(): number {
    for (const sequence of this.messages.keys()) return sequence;
    return this.last + 1;
  }

  /** Applies the next operation. */
  apply(operation: FakeOperation, { max_msgs_per_subject }: StreamConfig): void {
    this.applied += 1;
    if (operation.kind === 'purge') {
      const { below = Number.POSITIVE_INFINITY, subject } = operation;
      for (const [sequence, message] of this.messages) {
        if (sequence >= below) return;
        if (subject === undefined || isMatch(subject, message.subject)) this.#remove(sequence);
      }
      return;
    }
    const { message } = operation;
    const before = this.lastOf.get(message.subject);
    if (max_msgs_per_subject === 1 && before !== undefined) this.#remove(before);
    this.messages.set(message.sequence, message);
    this.lastOf.set(message.subject, message.sequence);
    this.last = message.sequence;
    this.bytes += message.data.byteLength;
  }

  /** The first message at or behind a sequence. */
  from(sequence: number): StoredMessage | undefined {
    for (let at = Math.max(sequence, this.first); at <= this.last; at += 1) {
      const message = this.messages.get(at);
      if (message !== undefined) return message;
    }
    return undefined;
  }

  #remove(sequence: number): void {
    const message = this.messages.get(sequence);
    if (message === undefined) return;
    this.messages.delete(sequence);
    this.bytes -= message.data.byteLength;
    if (this.lastOf.get(message.subject) === sequence) this.lastOf.delete(message.subject);
  }
}
