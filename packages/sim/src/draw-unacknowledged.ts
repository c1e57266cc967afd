// Draws sources that send each record once and expect no acknowledgement. The draw has a separate random source.
import { Draw } from './draw.ts';
import type { Plan, StreamPlan } from './plan.ts';

/** The share of streams of acknowledged sources that expect no acknowledgement instead. */
const CHANCE = 0.12;

/** The plan with such sources. */
export function drawUnacknowledged(plan: Plan): Plan {
  const draw = new Draw(`${plan.seed}/unacknowledged`);
  const streams = plan.streams.map((stream): StreamPlan => {
    if (!draw.happens(CHANCE) || stream.source !== 'acknowledged') return stream;
    const { ack: _ack, ...others } = stream;
    return { ...others, source: 'unacknowledged' };
  });
  return { ...plan, streams };
}
