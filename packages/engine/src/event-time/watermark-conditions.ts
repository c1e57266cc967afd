// What a watermark of an earlier driver is asked before it goes on. It holds the newest time of each source under the id
// of the source. A source with a uid is found again wherever it stands; it may also be new, or gone. The id of one
// without follows from its place in the program: when such a source is not where it was, it cannot be told whether it
// has gone or has only moved, and a moved one would hold back nothing that it should.
import type { StateConditions } from '../state/state-conditions.ts';
import { eventTimeError } from './event-time-errors.ts';

/** A source as far as it has a name. */
export interface NamedSource {
  readonly id: string;
  /** Whether the program named it; else the id follows from its place. */
  readonly hasUid: boolean;
}

/** The conditions of a watermark; `assertFit` throws `MR_EVENT_TIME_SOURCES_CHANGED`. */
export function watermarkConditions(sources: readonly NamedSource[]): StateConditions {
  // Asked for when they are needed: uids may be given until the start.
  const present = () => sources.map(({ id, hasUid }) => ({ id, hasUid }));
  return {
    current: present,
    assertFit: (data, operator) => {
      // The same operator of an earlier driver has written it, by `current`.
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
