// The arithmetic of the flights: the sums over departures, and the same sums computed directly over the file, so that
// the totals of the stream can be compared with a computation without streams.

/** One flight of the file. */
export interface Flight {
  /** Local time of departure, `2001/01/14 21:55`. */
  readonly date: string;
  /** Minutes late at arrival; negative when early. */
  readonly delay: number;
  /** Miles. */
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** The sums over a number of departures. */
export interface Tally {
  readonly departures: number;
  readonly delaySum: number;
  readonly worstDelay: number;
  readonly distanceSum: number;
}

/** The tally of no flight. */
export const NO_FLIGHTS: Tally = {
  departures: 0,
  delaySum: 0,
  worstDelay: Number.NEGATIVE_INFINITY,
  distanceSum: 0,
};

/** The tally of one flight. */
export function tallyOf(flight: Flight): Tally {
  return {
    departures: 1,
    delaySum: flight.delay,
    worstDelay: flight.delay,
    distanceSum: flight.distance,
  };
}

/** The sum of two tallies; the order does not matter. */
export function addTallies(one: Tally, other: Tally): Tally {
  return {
    departures: one.departures + other.departures,
    delaySum: one.delaySum + other.delaySum,
    worstDelay: Math.max(one.worstDelay, other.worstDelay),
    distanceSum: one.distanceSum + other.distanceSum,
  };
}

/** A tally per airport. */
export type AirportTallies = ReadonlyMap<string, Tally>;

/** The direct computation: one loop over all flights. */
export function tallyByOrigin(flights: Iterable<Flight>): AirportTallies {
  const tallies = new Map<string, Tally>();
  for (const flight of flights) addTo(tallies, flight.origin, tallyOf(flight));
  return tallies;
}

/** Adds to the tally of one airport. */
export function addTo(tallies: Map<string, Tally>, origin: string, tally: Tally): void {
  tallies.set(origin, addTallies(tallies.get(origin) ?? NO_FLIGHTS, tally));
}

/** All airports together. */
export function sumOf(tallies: AirportTallies): Tally {
  let sum = NO_FLIGHTS;
  for (const tally of tallies.values()) sum = addTallies(sum, tally);
  return sum;
}

/** The airports with the most departures, busiest first; equal airports by name. */
export function busiest(tallies: AirportTallies, count: number): readonly (readonly [string, Tally])[] {
  return [...tallies]
    .toSorted(([a, x], [b, y]) => y.departures - x.departures || (a < b ? -1 : 1))
    .slice(0, count);
}

/** Every difference between the streamed and the direct results, in words; empty when they are equal. */
export function differences(streamed: AirportTallies, direct: AirportTallies): string[] {
  const found: string[] = [];
  for (const origin of new Set([...streamed.keys(), ...direct.keys()])) {
    const one = streamed.get(origin) ?? NO_FLIGHTS;
    const other = direct.get(origin) ?? NO_FLIGHTS;
    for (const field of ['departures', 'delaySum', 'worstDelay', 'distanceSum'] as const) {
      if (one[field] === other[field]) continue;
      found.push(`${origin}: ${field} is ${one[field]}, the file says ${other[field]}`);
    }
  }
  return found;
}
