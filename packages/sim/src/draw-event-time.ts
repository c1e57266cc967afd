// Draws windows by the times of records. Times go as fast as sources produce (`event-times.ts`), so sizes are chosen such
// that in a run of a few seconds windows are completed, records are late, and silence is long enough to matter.
import type { Draw } from './draw.ts';
import type { EventTimePlan, EventWindowPlan, Plan } from './plan.ts';

/** How many of the seeds that may have state have these windows. */
const CHANCE = 0.3;

/** The windows of a seed, if it has any. The draw is their own: whether they are drawn changes nothing else of a plan. */
export function drawEventTime(draw: Draw): Pick<Plan, 'eventTime'> {
  if (!draw.happens(CHANCE)) return {};
  return {
    eventTime: {
      windows: drawWindows(draw),
      allowedLatenessMs: draw.of([0, 0, 300, 2_000]),
      sources: draw.of(['each', 'together']),
      timestamps: drawTimestamps(draw),
      partitions: 1 + draw.upTo(2),
    },
  };
}

function drawWindows(draw: Draw): EventWindowPlan {
  const kind = draw.of(['tumbling', 'sliding', 'session']);
  switch (kind) {
    case 'tumbling':
      return { kind, sizeMs: draw.of([150, 400, 1_000]) };
    case 'sliding':
      // Windows that overlap, and such that leave records between them.
      return { kind, sizeMs: draw.of([150, 600]), slideMs: draw.of([70, 200]) };
    case 'session':
      return { kind, gapMs: draw.of([60, 120, 250]) };
  }
}

function drawTimestamps(draw: Draw): EventTimePlan['timestamps'] {
  const outOfOrdernessMs = draw.of([0, 100, 300]);
  const idleAfterMs = draw.of([undefined, 300, 900]);
  if (idleAfterMs === undefined) return { outOfOrdernessMs };
  return { outOfOrdernessMs, idleAfterMs, idleAdvanceMs: draw.of([0, 250, 1_500]) };
}
