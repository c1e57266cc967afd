// Files that stand in the folder of a log and do not belong to it: put there by hand, out of another log or out of an
// older copy of this one. Their headers hold, their entries hold, and still none of them may be read. Each segment knows
// the salt of its predecessor, so two neighbours either know each other or do not; of two that do not, the one that has
// fewer friends is out of place.
import type { FoundSegment } from './log-directory.ts';

/** What neighbours say: how many know a segment, less how many do not. */
type Standing = Map<number, number>;

/**
 * The numbers of the segments that do not belong to the log. Where neighbours contradict each other and nobody else
 * decides it, neither belongs: reading nothing is better than reading something else.
 *
 * In a sparse log most neighbours may be gone; then there is nothing to compare and nothing is found.
 */
export function foreignSegments(found: readonly FoundSegment[]): ReadonlySet<number> {
  const foreign = new Set<number>();
  const standing: Standing = new Map();
  const strangers: (readonly [number, number])[] = [];
  for (const [previous, segment] of neighbours(found)) {
    // Its writer found nothing readable there: whatever stands there now came later.
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

/** Each segment with the one that its header names, where both can be read. */
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
