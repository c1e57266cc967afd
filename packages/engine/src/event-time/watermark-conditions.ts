// The check of a restored watermark. The state holds the newest time of each source under the id of the source. A
// source with a uid is found at any place, and may also be new or removed. The id of a source without a uid follows
// from its place in the program. When such a source is missing from its place, a removed source cannot be told from a
// moved one, and a moved source would no longer hold the watermark back.
import type { StateConditions } from '../state/state-conditions.ts';
import { eventTimeError } from './event-time-errors.ts';

/** A source with its id. */
export interface NamedSource {
  readonly id: string;
  /** True when the program named the source; otherwise the id follows from the source's place. */
  readonly hasUid: boolean;
}

/** The conditions of a watermark; `assertFit` throws `MR_EVENT_TIME_SOURCES_CHANGED`. */
export function watermarkConditions(sources: readonly NamedSource[]): StateConditions {
  // Called when needed: programs may set uids until the start.
  const present = () => sources.map(({ id, hasUid }) => ({ id, hasUid }));
  return {
    current: present,
    assertFit: (data, operator) => {
      // The same operator of an earlier driver wrote the data, by `current`.
      const kept = data as readonly NamedSource[];
      const ids = new Set(sources.map(({ id }) => id));
      const missing = kept.filter(({ id, hasUid }) => !hasUid && !ids.has(id)).map(({ id }) => id);
      if (missing.length === 0) return;
      throw eventTimeError(
        'MR_EVENT_TIME_SOURCES_CHANGED',
        `the checkpoint has sources of the watermark ${operator}: ${missing.join(', ')}, but its sources are ` +
          `${[...ids].join(', ')}; run the earlier program, or set a uid on each stream of assignTimestamps before ` +
          'the union, another uid on the watermark, and set allowDroppedState to restart the watermark',
        { details: { operator, missing, present: [...ids] } },
      );
    },
  };
}
