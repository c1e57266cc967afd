// The batches of a run on a line of time, short enough for a report and for a page.
import type { BatchPoint } from './workload-report.ts';

/** The maximum length of the time line; longer runs show a selection of their batches. */
const POINTS = 2_000;

/** At most this many points, the slowest of each section, so that peaks stay visible. */
export function thinned(points: readonly BatchPoint[]): readonly BatchPoint[] {
  const stretch = Math.ceil(points.length / POINTS);
  if (stretch <= 1) return points;
  const kept: BatchPoint[] = [];
  for (let at = 0; at < points.length; at += stretch) {
    const slowest = points
      .slice(at, at + stretch)
      .reduce((one, other) => (other.totalMs > one.totalMs ? other : one));
    kept.push(slowest);
  }
  return kept;
}
