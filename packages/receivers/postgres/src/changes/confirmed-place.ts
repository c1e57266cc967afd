// The place up to which the server may forget its log. A place is confirmed only at the end of a transaction whose changes, and
// those of all transactions before, are acknowledged; of a transaction that is acknowledged in part everything comes again.
//
//   transactions   [1 2 3]   [1 2]   [] (nothing for this receiver)   [1 …
//   acknowledged    up to here ┘ → confirmed: the end of the second transaction; the empty one waits for nobody
import { isUpTo } from './changes-position.ts';

/** The place of a change in the order of the server. */
export interface ChangePlace {
  readonly commit: string;
  readonly index: number;
}

interface FinishedTransaction {
  /** The place behind the commit. */
  end: string;
  /** The last change that was stored before the end; undefined when there was none. */
  readonly last: ChangePlace | undefined;
}

/** Follows stored and acknowledged changes. */
export class ConfirmedPlace {
  #confirmed: string;
  #stored: ChangePlace | undefined;
  #acknowledged: ChangePlace | undefined;
  #finished: FinishedTransaction[] = [];
  #isInside = false;

  /** @param confirmed The place that the server has as confirmed. */
  constructor(confirmed: string) {
    this.#confirmed = confirmed;
  }

  /** The place to tell the server. */
  get place(): string {
    return this.#confirmed;
  }

  /** A transaction begins. */
  begin(): void {
    this.#isInside = true;
  }

  /** A change was stored. */
  stored(change: ChangePlace): void {
    this.#stored = change;
  }

  /** The transaction has ended; the place is the one behind its commit. */
  end(place: string): void {
    this.#isInside = false;
    const last = this.#finished.at(-1);
    // Transactions without a change for this receiver take no memory.
    if (last !== undefined && last.last === this.#stored) last.end = place;
    else this.#finished.push({ end: place, last: this.#stored });
    this.#confirm();
  }

  /** This change and all before are durable and registered. */
  acknowledge(change: ChangePlace): void {
    this.#acknowledged = change;
    this.#confirm();
  }

  /** The server has sent everything up to a place. Without this an idle table would let the log of the server grow. */
  passed(place: string): void {
    const isDone = this.#stored === undefined || this.#isAcknowledged(this.#stored);
    if (!this.#isInside && this.#finished.length === 0 && isDone && place > this.#confirmed)
      this.#confirmed = place;
  }

  #confirm(): void {
    const waiting = this.#finished.findIndex(({ last }) => last !== undefined && !this.#isAcknowledged(last));
    const done = this.#finished.splice(0, waiting === -1 ? this.#finished.length : waiting);
    const end = done.at(-1)?.end;
    if (end !== undefined && end > this.#confirmed) this.#confirmed = end;
  }

  #isAcknowledged({ commit, index }: ChangePlace): boolean {
    return isUpTo(commit, index, this.#acknowledged);
  }
}
