// The clock of a time zone, for windows that follow its days. Clocks are set back at times, and show an hour twice; windows
// need readings that never go back. The reading here is therefore the latest one that the clock has shown so far: it
// stands still while the clock repeats readings, and leaps where the clock leaps.
//
//   Berlin, 26 October 2025     02:00 … 02:59  02:00 … 02:59  03:00      the clock
//                               02:00 … 02:59  (stands)       03:00      the reading
//
// The offset of a zone comes from Intl. Offsets are asked for once a day of UTC, because Intl is slow.

/** A change of the clock. */
interface Change {
  readonly atMs: number;
  /** The latest reading before a change back; minus infinity for a change forward. */
  readonly readMs: number;
}

/** A day of UTC. */
interface Day {
  readonly offsetMs: number;
  /** The change within the day, and the offset from then on. Absent: the offset holds all day. */
  readonly change?: Change & { readonly offsetMs: number };
}

const DAY_MS = 86_400_000;
/** No change of a clock is larger. */
const CHANGE_MAX_DAYS = 2;
/** No clock differs more from UTC, in milliseconds. */
const OFFSET_MAX_MS = 27 * 3_600_000;
/** The range of a `Date`. */
const DATE_MAX_MS = 8.64e15;
/** The number of days and of readings that are kept. */
const KEPT_MAX = 4_096;

/** Readings of the clock of a time zone, in milliseconds as if the zone were UTC. */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #days = new Map<number, Day>();
  readonly #instants = new Map<number, number>();

  /** @throws RangeError for an unknown time zone. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  }

  /** The latest reading up to an instant. */
  readingAt(atMs: number): number {
    const number = Math.floor(atMs / DAY_MS);
    const { offsetMs, change } = this.#day(number);
    let readMs = atMs + (change === undefined || atMs < change.atMs ? offsetMs : change.offsetMs);
    for (let day = number - CHANGE_MAX_DAYS; day <= number; day += 1) {
      const past = this.#day(day).change;
      if (past !== undefined && past.atMs <= atMs) readMs = Math.max(readMs, past.readMs);
    }
    return readMs;
  }

  /** The first whole millisecond at which the clock shows a reading, or has leapt over the reading. */
  instantOf(readMs: number): number {
    const known = this.#instants.get(readMs);
    if (known !== undefined) return known;
    const first = firstFrom(readMs - OFFSET_MAX_MS, readMs + OFFSET_MAX_MS, (atMs) => this.readingAt(atMs) >= readMs); // prettier-ignore
    if (this.#instants.size >= KEPT_MAX) this.#instants.clear();
    this.#instants.set(readMs, first);
    return first;
  }

  #day(number: number): Day {
    const known = this.#days.get(number);
    if (known !== undefined) return known;
    const day = this.#makeDay(number * DAY_MS);
    if (this.#days.size >= KEPT_MAX) this.#days.clear();
    this.#days.set(number, day);
    return day;
  }

  /** No clock is set twice within a day. */
  #makeDay(startMs: number): Day {
    const offsetMs = this.#offsetAt(startMs);
    const nextMs = this.#offsetAt(startMs + DAY_MS);
    if (nextMs === offsetMs) return { offsetMs };
    const atMs = firstFrom(startMs, startMs + DAY_MS, (time) => this.#offsetAt(time) !== offsetMs);
    const readMs = nextMs < offsetMs ? atMs + offsetMs - 1 : Number.NEGATIVE_INFINITY;
    return { offsetMs, change: { atMs, readMs, offsetMs: nextMs } };
  }

  /** The offset from UTC, read from a text such as `GMT-03:30` or `GMT+00:53:28`. */
  #offsetAt(atMs: number): number {
    const text = this.#format.format(Math.max(-DATE_MAX_MS, Math.min(DATE_MAX_MS, atMs)));
    const [, sign = '+', hours = 0, minutes = 0, seconds = 0] =
      /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
    const offset = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
    return sign === '-' ? -offset : offset;
  }
}

const clocks = new Map<string, ZoneClock>();

/** The clock of a zone, the same for all callers. @throws RangeError for an unknown time zone. */
export function zoneClock(timeZone: string): ZoneClock {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new ZoneClock(timeZone);
  clocks.set(timeZone, clock);
  return clock;
}

/** The first whole number from `low` on, and at most `high`, for which the condition holds; it holds from there on. */
function firstFrom(low: number, high: number, holds: (value: number) => boolean): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}
