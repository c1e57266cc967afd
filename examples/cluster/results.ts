// The results of the demo: each request has a key, which is the same when a batch runs again.
import { differences, type Flight, tallyByOrigin } from '../flights/flight-statistics.ts';

/** A flight with its number; the flights of the file repeat. */
export interface NumberedFlight extends Flight {
  readonly number: number;
}

/** A request as printed by the collector. */
export interface Delivery {
  readonly key: string;
  readonly rows: readonly NumberedFlight[];
}

/** Keeps the requests and the times of new ones. */
export class Results {
  readonly #rows = new Map<string, readonly NumberedFlight[]>();
  readonly #times: number[] = [];
  #repeated = 0;
  #changed = 0;

  /** @param atMs Monotonic time. */
  add({ key, rows }: Delivery, atMs: number): void {
    const before = this.#rows.get(key);
    if (before === undefined) {
      this.#rows.set(key, rows);
      this.#times.push(atMs);
      return;
    }
    this.#repeated += 1;
    if (numbersOf(before).join() !== numbersOf(rows).join()) this.#changed += 1;
  }

  /** The time of the newest result. */
  get newestMs(): number {
    return this.#times.at(-1) ?? -Infinity;
  }

  /** The longest time without a result between two results, of which the second came after `sinceMs`. */
  gapSince(sinceMs: number): number {
    const times = this.#times;
    const gaps = times.map((time, index) => (time > sinceMs ? time - (times[index - 1] ?? time) : 0));
    return Math.max(0, ...gaps);
  }

  /** What is wrong with the results, one line each, and the numbers for a summary. */
  check(flights: readonly Flight[]): { readonly wrong: readonly string[]; readonly summary: string } {
    const rows = [...this.#rows.values()].flat();
    const numbers = numbersOf(rows);
    const last = numbers.at(-1) ?? -1;
    const missing = last + 1 - new Set(numbers).size;
    const twice = numbers.length - new Set(numbers).size;
    const expected = Array.from(
      { length: last + 1 },
      (_, number) => flights[number % flights.length] as Flight,
    );
    const wrong = [
      ...(rows.length === 0 ? ['there are no results'] : []),
      ...(missing > 0 ? [`${missing} flights are missing`] : []),
      ...(twice > 0 ? [`${twice} flights are in two results`] : []),
      ...(this.#changed > 0 ? [`${this.#changed} repeated requests have other flights`] : []),
      ...differences(tallyByOrigin(rows), tallyByOrigin(expected)),
    ];
    return {
      wrong,
      summary: `${rows.length} flights in ${this.#rows.size} requests; ${this.#repeated} came again`,
    };
  }
}

function numbersOf(rows: readonly NumberedFlight[]): readonly number[] {
  return rows.map(({ number }) => number).toSorted((a, b) => a - b);
}
