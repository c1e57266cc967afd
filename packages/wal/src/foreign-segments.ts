// Files in the folder of a log that do not belong to the log: put there by hand, from another log or from an older copy
// of this log. Such files have valid headers and valid entries, and still must not be read. Each segment stores the
// salt of its predecessor, so two neighbours either match or do not; of two segments that do not match, the one with
// fewer matches is out of place.
import type { FoundSegment } from './log-directory.ts';

/** The votes of neighbours: the number of matches of a segment, less the mismatches. */
type Standing = Map<number, number>;

/**
 * The numbers of the segments that do not belong to the log. If neighbours contradict each other without a deciding
 * third segment, neither belongs: reading nothing is better than reading foreign entries.
 *
 * In a sparse log most neighbours may be gone; then there is nothing to compare and nothing is found.
 */
export function foreignSegments(found: readonly FoundSegment[]): ReadonlySet<number> {
  const foreign = new Set<number>();
  const standing: Standing = new Map();
  const strangers: (readonly [number, number])[] = [];
  for (const [previous, segment] of neighbours(found)) {
    // The writer found no readable segment there: the present file came later.
    if (segment.previousSalt === 0) foreign.add(previous.number);
    else if (segment.previousSalt === previous.salt) note(standing, [previous.number, segment.number], 1);
    else strangers.push([previous.number, segment.number]);
  }
  for (const pair of strangers) note(standing, pair, -1);
  for (const pair of strangers) {
    // bounded: a pair
    const lowest = Math.min(...pair.map((number) => standing.get(number) ?? 0));
    for (const number of pair) if (standing.get(number) === lowest) foreign.add(number);
  }
  return foreign;
}

/** Each segment with the segment named in its header, if both are readable. */
function neighbours(found: readonly FoundSegment[]) {
  const headers = new Map(
    found.flatMap(({ number, header }) => (header === undefined ? [] : [[number, header]])),
  );
  return [...headers.values()].flatMap((header) => {
    const previous = headers.get(header.previousNumber);
    return previous === undefined ? [] : [[previous, header] as const];
  });
}

function note(standing: Standing, pair: readonly number[], change: number): void {
  for (const number of pair) standing.set(number, (standing.get(number) ?? 0) + change);
}
