// The tokens of the records of the open block, in order. The list grows chunk by chunk like the records, because a
// reliable receiver gives one token with each record. A source that expects no acknowledgements needs the last token only:
// the position of the block. The others are then dropped at once, and cost the collector of memory little.
import type { AckToken } from '@millrace/core';

const CHUNK_TOKENS = 4_096;

/** An ordered list of tokens that is taken as a whole. */
export class AckTokens {
  readonly #keepsLastOnly: boolean;
  #full: AckToken[][] = [];
  #chunk: AckToken[] = [];

  /** @param keepsLastOnly True: a token replaces the one before. */
  constructor(keepsLastOnly: boolean) {
    this.#keepsLastOnly = keepsLastOnly;
  }

  /** True without a token. */
  get isEmpty(): boolean {
    return this.#chunk.length === 0;
  }

  /** The number of kept tokens. */
  get count(): number {
    return this.#full.length * CHUNK_TOKENS + this.#chunk.length;
  }

  /** Adds the token of the record that was stored last. */
  add(token: AckToken): void {
    if (this.#keepsLastOnly) {
      this.#chunk[0] = token;
      return;
    }
    if (this.#chunk.length === CHUNK_TOKENS) {
      this.#full.push(this.#chunk);
      this.#chunk = [];
    }
    this.#chunk.push(token);
  }

  /** Returns all kept tokens and begins anew. */
  take(): readonly AckToken[] {
    const tokens = this.#full.length === 0 ? this.#chunk : [...this.#full, this.#chunk].flat(1);
    this.#full = [];
    this.#chunk = [];
    return tokens;
  }
}
