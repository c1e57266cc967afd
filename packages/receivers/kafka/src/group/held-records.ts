// The bound of everything that a receiver holds: answers that were asked for, and stored records without an acknowledgement.
/** The bounds. */
export interface HeldBounds {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

/** Room for one answer; the room shrinks with every record of the answer that is counted by itself. */
export interface AnswerRoom {
  bytes: number;
}

/** Counts records and bytes, and lets callers wait for room. */
export class HeldRecords {
  readonly #bounds: HeldBounds;
  #records = 0;
  #bytes = 0;
  #change: PromiseWithResolvers<void> | undefined;

  constructor(bounds: HeldBounds) {
    this.#bounds = bounds;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** True when a record may be stored. */
  get hasRoom(): boolean {
    return this.#records < this.#bounds.maxRecords;
  }

  /** Waits for room for an answer, and takes the room. An answer that is larger than the bound waits to be alone. */
  async answer(bytes: number, signal: AbortSignal): Promise<AnswerRoom> {
    while (this.#bytes > 0 && this.#bytes + bytes > this.#bounds.maxBytes && !signal.aborted)
      await this.#changed();
    this.#bytes += bytes;
    return { bytes };
  }

  /** Waits until a record may be stored. */
  async room(signal: AbortSignal): Promise<void> {
    while (!this.hasRoom && !signal.aborted) await this.#changed();
  }

  /** Counts a stored record of an answer. */
  store(bytes: number, room: AnswerRoom): void {
    const covered = Math.min(bytes, room.bytes);
    room.bytes -= covered;
    this.#records += 1;
    this.#bytes += bytes - covered;
  }

  /** The answer is stored; what is left of its room is free again. */
  done(room: AnswerRoom): void {
    this.#bytes -= room.bytes;
    room.bytes = 0;
    this.wake();
  }

  /** A stored record is acknowledged. Call `wake` after the last of several. */
  release(bytes: number): void {
    this.#records -= 1;
    this.#bytes -= bytes;
  }

  /** Lets callers look again: there is room, or their signal was aborted. */
  wake(): void {
    this.#change?.resolve();
    this.#change = undefined;
  }

  async #changed(): Promise<void> {
    this.#change ??= Promise.withResolvers<void>();
    await this.#change.promise;
  }
}
