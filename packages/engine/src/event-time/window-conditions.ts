// What open windows of an earlier driver are asked before they go on. Their bounds were drawn by the rule of that
// program: under another one, records would go into windows that are longer or shorter than the rest, and nobody would
// be told. So another rule is refused.
//
// Allowed lateness may become less: what is kept for longer is only forgotten sooner. It may not become more. Windows
// that were given out and forgotten would begin again with the late records alone, and give out those as correction.
import type { StateConditions } from '../state/state-conditions.ts';
import { eventTimeError } from './event-time-errors.ts';
import type { WindowRule } from './event-window.ts';

/** What checkpoints keep of windows. */
interface KeptRule {
  readonly rule: WindowRule;
  readonly allowedLatenessMs: number;
}

/** The conditions of windows; `assertFit` throws `MR_EVENT_TIME_WINDOWS_CHANGED`. */
export function windowConditions(rule: WindowRule, allowedLatenessMs: number): StateConditions {
  const present: KeptRule = { rule, allowedLatenessMs };
  return {
    current: () => present,
    assertFit: (data, operator) => {
      // The same operator of an earlier driver has written it, by `current`.
      const kept = data as KeptRule;
      const isSame = textOf(kept.rule) === textOf(rule);
      if (isSame && kept.allowedLatenessMs >= allowedLatenessMs) return;
      throw eventTimeError(
        'MR_EVENT_TIME_WINDOWS_CHANGED',
        `the checkpoint holds windows of ${operator} made by ${described(kept)}, the program has ${described(present)}; ` +
          `${isSame ? 'allowed lateness may only decrease: ' : ''}restore the setting, or choose another uid for the windows and ` +
          'set allowDroppedState to lose the open windows',
        { details: { operator, kept: described(kept), present: described(present) } },
      );
    },
  };
}

function described({ rule, allowedLatenessMs }: KeptRule): string {
  return `${textOf(rule)} with an allowed lateness of ${allowedLatenessMs} ms`;
}

function textOf(rule: WindowRule): string {
  if (rule.kind === 'session') return `session(${rule.gapMs})`;
  const { sizeMs, slideMs } = rule;
  return sizeMs === slideMs ? `tumbling(${sizeMs})` : `sliding(${sizeMs}, ${slideMs})`;
}
