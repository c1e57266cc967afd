// Messages that arrive while the engine has no room. The server sends on, so the queue is bounded, and what has no place is
// dropped: the newest message, so that the order stays.
/** A message that waits. */
export interface QueuedMessage {
  readonly record: unknown;
  readonly bytes: number;
}

/** The bounds. */
export interface QueueBounds {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** A bounded queue. */
export class MessageQueue {
  readonly #bounds: QueueBounds;
  /** Taken from the front; the front is cut off when it is half of the list. */
  #messages: (QueuedMessage | undefined)[] = [];
  #front = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(bounds: QueueBounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#messages.length - this.#front;
  }

  /** Messages that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** False when the message was dropped. */
  add(message: QueuedMessage): boolean {
    const { maxMessages, maxBytes } = this.#bounds;
    if (this.size >= maxMessages || this.#bytes + message.bytes > maxBytes) {
      this.#dropped += 1;
      return false;
    }
    this.#messages.push(message);
    this.#bytes += message.bytes;
    return true;
  }

  /** The oldest message; undefined without one. */
  take(): QueuedMessage | undefined {
    const message = this.#messages[this.#front];
    if (message === undefined) return undefined;
    this.#messages[this.#front] = undefined;
    this.#front += 1;
    this.#bytes -= message.bytes;
    if (this.#front * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#front);
      this.#front = 0;
    }
    return message;
  }
}
