// Messages between their arrival and their acknowledgement: the bounds, and the tags. A tag acknowledges every message up to
// it, so a message that is left out is acknowledged with the stored one in front of it:
//
//   stored 7    stored 8    left out 9    left out 10    stored 11
//   durable     durable ─► acknowledges up to 10
/** The token of a stored message. */
export interface QueueToken {
  readonly bytes: number;
  /** The tag to acknowledge, with everything in front. */
  upTo: number;
}

/** The bounds. */
export interface QueueInFlightBounds {
  readonly maxInFlight: number;
  readonly maxBytesInFlight: number;
}

/** Counts messages in flight. */
export class QueueInFlight {
  readonly #bounds: QueueInFlightBounds;
  #messages = 0;
  #bytes = 0;
  #last: QueueToken | undefined;

  constructor({ maxInFlight, maxBytesInFlight }: QueueInFlightBounds) {
    this.#bounds = { maxInFlight, maxBytesInFlight };
  }

  /** True when a message of this size may be stored. A message above the bound has room when it is alone. */
  hasRoom(bytes: number): boolean {
    if (this.#messages === 0) return true;
    const { maxInFlight, maxBytesInFlight } = this.#bounds;
    return this.#messages < maxInFlight && this.#bytes + bytes <= maxBytesInFlight;
  }

  /** Counts a message, and makes its token. */
  store(bytes: number, tag: number): QueueToken {
    this.#messages += 1;
    this.#bytes += bytes;
    this.#last = { bytes, upTo: tag };
    return this.#last;
  }

  /** Takes a message that is left out; the tag to acknowledge now, or undefined to wait for a stored message. */
  leaveOut(tag: number): number | undefined {
    if (this.#last === undefined) return tag;
    this.#last.upTo = tag;
    return undefined;
  }

  /** Stored messages are durable, in the order of `store`; the tag to acknowledge now. */
  release(tokens: readonly QueueToken[]): number | undefined {
    for (const token of tokens) {
      this.#messages -= 1;
      this.#bytes -= token.bytes;
      if (token === this.#last) this.#last = undefined;
    }
    return tokens.at(-1)?.upTo;
  }
}
