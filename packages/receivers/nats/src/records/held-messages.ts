// Every message that a receiver has received and not yet acknowledged. JetStream sends a message again when its time is over
// before its acknowledgement; a receiver that still holds the message, or has just acknowledged it, leaves the second one out.
//
//   received ─► held ─► stored ─► acknowledged ─► known for two rounds ─► forgotten
//                 └── +WPI at half of the time, so that the server waits on
//
// A round is an acknowledgement of a block that the server has read. A message that the server sent again before it read the
// acknowledgement is on its way for one round at most.
/** The bounds. */
export interface HeldMessageBounds {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** Counts messages and bytes. */
export class HeldMessages {
  readonly #bounds: HeldMessageBounds;
  /** The subject of the acknowledgement of each message, by the number of the message in the stream. */
  readonly #replies = new Map<number, string>();
  #bytes = 0;
  #acknowledged = new Set<number>();
  #acknowledgedBefore = new Set<number>();

  constructor(bounds: HeldMessageBounds) {
    this.#bounds = bounds;
  }

  get count(): number {
    return this.#replies.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The room for further messages; no bytes are left when one message alone is larger than the bound. */
  get room(): { readonly messages: number; readonly bytes: number } {
    return {
      messages: Math.max(0, this.#bounds.maxMessages - this.#replies.size),
      bytes: Math.max(0, this.#bounds.maxBytes - this.#bytes),
    };
  }

  /** True for a message that was not held before. */
  take(sequence: number, reply: string, bytes: number): boolean {
    const isNew = !this.#replies.has(sequence);
    // The newer subject acknowledges the newer delivery.
    this.#replies.set(sequence, reply);
    if (isNew) this.#bytes += bytes;
    return isNew;
  }

  /** Releases a message; the subject of its acknowledgement, or undefined for a message that is not held. */
  release(sequence: number, bytes: number): string | undefined {
    const reply = this.#replies.get(sequence);
    if (reply === undefined) return undefined;
    this.#replies.delete(sequence);
    this.#bytes -= bytes;
    return reply;
  }

  /** A message was acknowledged. */
  acknowledged(sequence: number): void {
    this.#acknowledged.add(sequence);
  }

  /** True for a message that was acknowledged in this round or in the round before. */
  wasAcknowledged(sequence: number): boolean {
    return this.#acknowledged.has(sequence) || this.#acknowledgedBefore.has(sequence);
  }

  /** The server has read what was acknowledged until now. */
  endRound(): void {
    this.#acknowledgedBefore = this.#acknowledged;
    this.#acknowledged = new Set();
  }

  /** The subjects of the acknowledgements of every held message. */
  replies(): Iterable<string> {
    return this.#replies.values();
  }
}
