// The results of a run. Each request has a key, which is the same when a batch runs again; the first request with a key counts, and
// a later one has to be equal.
import { KEYS, type NumberRow, PATHS, type TotalRow } from './names.ts';

/** A request as printed by the collector. */
export interface Delivery {
  readonly path: string;
  readonly key: string;
  readonly rows: readonly object[];
}

/** The end of a run, in numbers. */
export interface LedgerSummary {
  readonly numbers: number;
  readonly messages: number;
  /** Requests that came again. */
  readonly repeated: number;
  /** Messages that are in more than one batch, as sources that wait for acknowledgements may give them again. */
  readonly redelivered: number;
}

/** Every source has results while work goes on. */
const WATCHED = [PATHS.numbers, PATHS.messages] as const;

/** Keeps the requests and the times of new ones. */
export class Ledger {
  readonly #rows = new Map<string, ReadonlyMap<string, readonly object[]>>();
  readonly #times = new Map<string, number[]>();
  readonly #changed: string[] = [];
  #repeated = 0;

  /** @param atMs Monotonic time. */
  add({ path, key, rows }: Delivery, atMs: number): void {
    const known = this.#of(path);
    const before = known.get(key);
    if (before !== undefined) {
      this.#repeated += 1;
      if (textOf(before) !== textOf(rows)) this.#changed.push(`${path} ${key}`);
      return;
    }
    known.set(key, rows);
    const times = this.#times.get(path) ?? [];
    times.push(atMs);
    this.#times.set(path, times);
  }

  /** The time since which every watched path has a new result. */
  get newestMs(): number {
    return Math.min(...WATCHED.map((path) => this.#times.get(path)?.at(-1) ?? Number.NEGATIVE_INFINITY));
  }

  /**
   * The longest time without a result between two results, of which the second came after `sinceMs`. Results are those of the numbers:
   * the source of messages has elections of its own.
   */
  gapSince(sinceMs: number): number {
    const times = this.#times.get(PATHS.numbers) ?? [];
    const gaps = times.map((time, index) => (time > sinceMs ? time - (times[index - 1] ?? time) : 0));
    return Math.max(0, ...gaps);
  }

  /** The number of different messages in the results. */
  get messages(): number {
    return new Set(this.#numbers(PATHS.messages)).size;
  }

  /** What is wrong, one line each. @param sent The number of messages that the source has. */
  problems(sent: number): readonly string[] {
    const numbers = this.#numbers(PATHS.numbers).toSorted((a, b) => a - b);
    const messages = new Set(this.#numbers(PATHS.messages));
    const expected = Array.from({ length: (numbers.at(-1) ?? -1) + 1 }, (_, number) => number);
    const known = new Set(numbers);
    return [
      ...(numbers.length === 0 ? ['there are no numbers'] : []),
      ...listed(
        'numbers are missing',
        expected.filter((number) => !known.has(number)),
      ),
      ...listed(
        'numbers are in two batches',
        numbers.filter((number, index) => numbers[index - 1] === number),
      ),
      ...listed(
        'messages are missing',
        [...Array(sent).keys()].filter((number) => !messages.has(number)),
      ),
      ...listed(
        'messages were never sent',
        [...messages].filter((number) => number >= sent),
      ),
      ...listed('repeated requests have other rows', this.#changed),
      ...listed('totals are wrong', this.#wrongTotals()),
    ];
  }

  /** The end of the run. */
  summary(): LedgerSummary {
    const messages = this.#numbers(PATHS.messages);
    return {
      numbers: this.#numbers(PATHS.numbers).length,
      messages: new Set(messages).size,
      repeated: this.#repeated,
      redelivered: messages.length - new Set(messages).size,
    };
  }

  /** Totals that are not those of all numbers of the key up to the largest one. */
  #wrongTotals(): readonly string[] {
    const totals = [...this.#of(PATHS.totals).values()].flat() as readonly TotalRow[];
    const isWrong = ({ key, count, sum, largest }: TotalRow): boolean => {
      const expected = Math.floor((largest - key) / KEYS) + 1;
      return count !== expected || sum !== key * expected + (KEYS * expected * (expected - 1)) / 2;
    };
    return totals.filter(isWrong).map((row) => JSON.stringify(row));
  }

  #numbers(path: string): readonly number[] {
    return ([...this.#of(path).values()].flat() as readonly NumberRow[]).map(({ number }) => number);
  }

  #of(path: string): Map<string, readonly object[]> {
    const known = (this.#rows.get(path) ?? new Map()) as Map<string, readonly object[]>;
    this.#rows.set(path, known);
    return known;
  }
}

/** The rows as one text, whatever their order. */
function textOf(rows: readonly object[]): string {
  return rows
    .map((row) => JSON.stringify(row))
    .toSorted()
    .join();
}

function listed(what: string, items: readonly (number | string)[]): readonly string[] {
  if (items.length === 0) return [];
  return [`${items.length} ${what}: ${items.slice(0, 8).join(', ')}${items.length > 8 ? ', …' : ''}`];
}
