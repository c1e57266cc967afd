// The nonces of requests that a server has accepted. A sender counts its requests, and a request is overtaken by few others,
// so a window of counts for each sender recognises every repetition in bounded memory.

/** The counts that a server remembers of one sender. A request that is older is refused; the sender repeats it under a new count. */
const WINDOW = 1_024;
/** The senders that a server remembers: 8 KiB each. Beyond this number the sender that was silent for longest is forgotten. */
const SENDERS_MAX = 4_096;

interface Seen {
  highest: number;
  /** At `count % WINDOW` the newest count of that place. */
  readonly counts: Float64Array;
}

/** The nonces of one epoch. */
export class SeenNonces {
  readonly #bySender = new Map<string, Seen>();

  /** Remembers a nonce. Returns false for a nonce that was seen, or that is too old for an answer. */
  add(sender: string, count: number): boolean {
    const seen = this.#bySender.get(sender) ?? { highest: -1, counts: new Float64Array(WINDOW).fill(-1) };
    const place = count % WINDOW;
    if (count <= seen.highest - WINDOW || seen.counts[place] === count) return false;
    seen.counts[place] = count;
    seen.highest = Math.max(seen.highest, count);
    // The last one in the order of the map was heard last.
    this.#bySender.delete(sender);
    this.#bySender.set(sender, seen);
    this.#forgetOldest();
    return true;
  }

  #forgetOldest(): void {
    if (this.#bySender.size <= SENDERS_MAX) return;
    for (const sender of this.#bySender.keys()) {
      this.#bySender.delete(sender);
      return;
    }
  }
}
