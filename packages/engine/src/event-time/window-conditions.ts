// The check of restored open windows. Their bounds follow the rule of the earlier program: under another rule, records
// would silently go into windows that are longer or shorter than the rest. Another rule is therefore refused.
//
// Allowed lateness may become less, because retained windows are then only forgotten sooner. It may not become more:
// windows that were emitted and forgotten would begin again with the late records alone, and be emitted as a
// correction.
import type { StateConditions } from '../state/state-conditions.ts';
import { eventTimeError } from './event-time-errors.ts';
import type { WindowRule } from './event-window.ts';

/** The rule of windows in a checkpoint. */
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
      // The same operator of an earlier driver wrote the data, by `current`.
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
  const { sizeMs, slideMs, offsetMs, timeZone } = rule;
  const lengths = sizeMs === slideMs ? [sizeMs] : [sizeMs, slideMs];
  const moved = offsetMs === undefined ? [] : [`offset ${offsetMs}`];
  const settings = [...lengths, ...moved, ...(timeZone === undefined ? [] : [timeZone])].join(', ');
  return sizeMs === slideMs ? `tumbling(${settings})` : `sliding(${settings})`;
}
