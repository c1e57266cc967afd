// Draws event-time windows. Event times advance as fast as sources produce (`event-times.ts`), so the sizes are chosen
// such that a run of a few seconds has completed windows, late records, and relevant periods of silence.
import type { Draw } from './draw.ts';
import type { EventTimePlan, EventWindowPlan, Plan } from './plan.ts';

/** The share of seeds with event-time windows, among seeds that may have state. */
const CHANCE = 0.3;

/**
 * The event-time windows of a seed, if any. The draw has a separate random source, so that the rest of a plan is
 * unaffected.
 */
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
      // Overlapping windows, and windows with gaps between them.
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
