// Messages between their arrival and their acknowledgement: the bounds, and the order of acknowledgements. MQTT wants
// acknowledgements in the order of the messages, so a message that is left out waits for the stored ones before:
//
//   stored 7    stored 8    left out 9    left out 10    stored 11
//   durable     durable ─► acknowledges 8, 9, 10
/** The token of a stored message. */
export interface MessageToken {
  readonly bytes: number;
  /** Messages to acknowledge with this one: the message itself, unless sent at quality of service 0, and those left out behind. */
  readonly messageIds: number[];
}

/** The bounds. */
export interface TopicsInFlightBounds {
  readonly maxInFlight: number;
  readonly maxBytesInFlight: number;
}

/** Counts messages in flight. */
export class TopicsInFlight {
  readonly #bounds: TopicsInFlightBounds;
  #messages = 0;
  #bytes = 0;
  #last: MessageToken | undefined;
  #change: PromiseWithResolvers<void> | undefined;

  constructor({ maxInFlight, maxBytesInFlight }: TopicsInFlightBounds) {
    this.#bounds = { maxInFlight, maxBytesInFlight };
  }

  /** True when a message of this size may be stored. A message above the bound has room when it is alone. */
  hasRoom(bytes: number): boolean {
    if (this.#messages === 0) return true;
    const { maxInFlight, maxBytesInFlight } = this.#bounds;
    return this.#messages < maxInFlight && this.#bytes + bytes <= maxBytesInFlight;
  }

  /** Waits for room, or for the signal; `wake` after the signal. */
  async room(bytes: number, signal: AbortSignal): Promise<void> {
    while (!this.hasRoom(bytes) && !signal.aborted) {
      this.#change ??= Promise.withResolvers<void>();
      await this.#change.promise;
    }
  }

  /** Counts a message, and makes its token. `messageId`: undefined for a message without acknowledgement. */
  store(bytes: number, messageId: number | undefined): MessageToken {
    this.#messages += 1;
    this.#bytes += bytes;
    this.#last = { bytes, messageIds: messageId === undefined ? [] : [messageId] };
    return this.#last;
  }

  /** Takes a message that is left out; the messages to acknowledge now. */
  leaveOut(messageId: number | undefined): readonly number[] {
    if (messageId === undefined) return [];
    if (this.#last === undefined) return [messageId];
    this.#last.messageIds.push(messageId);
    return [];
  }

  /** Stored messages are durable, in the order of `store`; the messages to acknowledge now. */
  release(tokens: readonly MessageToken[]): readonly number[] {
    const messageIds: number[] = [];
    for (const token of tokens) {
      this.#messages -= 1;
      this.#bytes -= token.bytes;
      for (const id of token.messageIds) messageIds.push(id);
      if (token === this.#last) this.#last = undefined;
    }
    this.wake();
    return messageIds;
  }

  /** Lets waiting callers look again. */
  wake(): void {
    this.#change?.resolve();
    this.#change = undefined;
  }
}
