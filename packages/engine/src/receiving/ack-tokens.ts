// The tokens of the records of the open block, in order. The list grows chunk by chunk like the records, because a
// reliable receiver gives one token with each record.
import type { AckToken } from '@millrace/core';

const CHUNK_TOKENS = 4_096;

/** An ordered list of tokens that is taken as a whole. */
export class AckTokens {
  #full: AckToken[][] = [];
  #chunk: AckToken[] = [];

  /** True without a token. */
  get isEmpty(): boolean {
    return this.#chunk.length === 0;
  }

  /** The number of tokens. */
  get count(): number {
    return this.#full.length * CHUNK_TOKENS + this.#chunk.length;
  }

  /** Adds the token of the record that was stored last. */
  add(token: AckToken): void {
    if (this.#chunk.length === CHUNK_TOKENS) {
      this.#full.push(this.#chunk);
      this.#chunk = [];
    }
    this.#chunk.push(token);
  }

  /** Returns all tokens and begins anew. */
  take(): readonly AckToken[] {
    const tokens = this.#full.length === 0 ? this.#chunk : [...this.#full, this.#chunk].flat(1);
    this.#full = [];
    this.#chunk = [];
    return tokens;
  }
}
