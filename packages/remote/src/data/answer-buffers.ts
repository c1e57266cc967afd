// The buffers in which answers are gathered. New memory for each answer would be the largest cost of small buckets: the
// collector runs for memory outside its heap, too. A buffer is used again when the system has taken the whole answer.

/** The size of a buffer. */
export const ANSWER_BUFFER_BYTES = 65_536;
/** The buffers that are kept. */
const KEPT_MAX = 32;

/** The buffers of one server. */
export class AnswerBuffers {
  readonly #kept: Buffer[] = [];

  /** The number of buffers that wait for use. */
  get kept(): number {
    return this.#kept.length;
  }

  /** Begins an answer. */
  begin(): BuffersOfAnswer {
    return new BuffersOfAnswer(this.#kept);
  }
}

/** The buffers of one answer. */
export class BuffersOfAnswer {
  readonly #kept: Buffer[];
  readonly #taken: Buffer[] = [];

  constructor(kept: Buffer[]) {
    this.#kept = kept;
  }

  /** A buffer of `ANSWER_BUFFER_BYTES`, with any content. */
  take(): Buffer {
    const buffer = this.#kept.pop() ?? Buffer.allocUnsafeSlow(ANSWER_BUFFER_BYTES);
    this.#taken.push(buffer);
    return buffer;
  }

  /** Gives back the buffers: nobody reads them any more. Buffers of an answer that broke off are left to the collector instead. */
  giveBack(): void {
    for (const buffer of this.#taken.splice(0)) if (this.#kept.length < KEPT_MAX) this.#kept.push(buffer);
  }
}
