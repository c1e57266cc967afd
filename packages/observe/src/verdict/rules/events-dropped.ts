// Rule: events did not reach the listeners, so the figures of the observer are too low.
import { countText } from '../../text/words.ts';
import type { VerdictRule } from '../rule.ts';

/** Fires when the engine dropped an event in the newest two minutes. */
export const eventsDropped: VerdictRule = {
  name: 'events-dropped',
  level: 'warning',
  judge: ({ recentDroppedEvents: dropped }) =>
    dropped === 0
      ? undefined
      : `${countText(dropped, 'event was', 'events were')} dropped in 2 min: some figures are too low.`,
};
