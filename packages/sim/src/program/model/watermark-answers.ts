// The expected watermark of some sources after each batch.
import type { EventTimeSettings } from '../program-plan.ts';

/** A source of event time: its settings, and the times of its records, batch by batch. */
export interface EventSourceHistory {
  readonly times: EventTimeSettings;
  readonly batches: readonly (readonly number[])[];
}

/** The watermark before and after a batch. */
export interface WatermarkAnswer {
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** The watermarks of all batches, `slideMs` of batch time apart. */
export function watermarkAnswers(
  sources: readonly EventSourceHistory[],
  slideMs: number,
): readonly WatermarkAnswer[] {
  const length = Math.max(0, ...sources.map(({ batches }) => batches.length));
  let afterMs = Number.NEGATIVE_INFINITY;
  return Array.from({ length }, (_, batch) => {
    const beforeMs = afterMs;
    afterMs = Math.max(beforeMs, promiseOfAll(sources, batch, slideMs));
    return { beforeMs, afterMs };
  });
}

function promiseOfAll(sources: readonly EventSourceHistory[], batch: number, slideMs: number): number {
  const states = sources.map(({ times, batches }) => {
    const past = batches.slice(0, batch + 1);
    const newestMs = Math.max(Number.NEGATIVE_INFINITY, ...past.flat());
    const lastBatch = past.findLastIndex((records) => records.length > 0);
    const silentMs = (batch - Math.max(0, lastBatch)) * slideMs;
    return { ...times, newestMs, silentMs };
  });
  const speaking = states.filter(
    ({ silentMs, idleAfterMs = Number.POSITIVE_INFINITY }) => silentMs < idleAfterMs,
  );
  // The slowest of the active sources. Without an active source, the source that has advanced furthest in its silence.
  if (speaking.length > 0)
    return Math.min(...speaking.map(({ newestMs, outOfOrdernessMs }) => newestMs - outOfOrdernessMs));
  return Math.max(
    ...states.map(({ newestMs, silentMs, outOfOrdernessMs, idleAdvanceMs = 0 }) =>
      idleAdvanceMs === 0
        ? Number.NEGATIVE_INFINITY
        : newestMs + Math.max(-outOfOrdernessMs, Math.min(silentMs - outOfOrdernessMs, idleAdvanceMs)),
    ),
  );
}
