// The rules of windows of a fixed length, and the windows by the clock of a time zone. Windows begin at multiples of their
// slide, counted from 1970 in UTC, or from the midnight of 1 January 1970 by the clock of a time zone, and moved by an offset.
import { invalidArgument } from '../graph/checked-argument.ts';
import type { WindowTimes } from './window-times.ts';
import { zoneClock } from './zone-clock.ts';

/** The places at which windows begin. */
export interface WindowAlignment {
  /**
   * Windows begin so many milliseconds later than at multiples of their slide, or earlier if negative; smaller than the
   * slide. With a time zone, by its clock. Default 0.
   */
  readonly offsetMs?: number;
  /**
   * A time zone of the IANA database, for instance `Europe/Berlin`: lengths are by the clock of the zone, so that a
   * window of a day is from midnight to midnight, 23 or 25 hours long when the clock is set. Default: UTC.
   */
  readonly timeZone?: string;
}

/** Windows of a fixed length. */
export interface FixedRule extends WindowAlignment {
  readonly kind: 'fixed';
  readonly sizeMs: number;
  readonly slideMs: number;
}

/** Makes a rule. An absent setting is absent in the rule, which checkpoints compare. @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function fixedRule(
  operator: string,
  { sizeMs, slideMs }: { readonly sizeMs: number; readonly slideMs: number },
  { offsetMs = 0, timeZone }: WindowAlignment,
): FixedRule {
  if (!Number.isSafeInteger(offsetMs) || Math.abs(offsetMs) >= slideMs)
    throw invalidArgument(
      operator,
      'offsetMs',
      offsetMs,
      `whole milliseconds, fewer than the slide of ${slideMs}`,
    );
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw invalidArgument(operator, 'timeZone', timeZone, 'a time zone of the IANA database, for instance Europe/Berlin'); // prettier-ignore
  return {
    kind: 'fixed',
    sizeMs,
    slideMs,
    ...(offsetMs === 0 ? {} : { offsetMs: (offsetMs + slideMs) % slideMs }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

/** The windows that contain a time by the clock of a time zone, the latest first. */
export function* windowsByClock(
  atMs: number,
  timeZone: string,
  { sizeMs, slideMs, offsetMs = 0 }: FixedRule,
): Generator<WindowTimes> {
  const clock = zoneClock(timeZone);
  const readMs = clock.readingAt(atMs);
  const last = Math.floor((readMs - offsetMs) / slideMs) * slideMs + offsetMs;
  let later: WindowTimes | undefined;
  for (let from = last; from > readMs - sizeMs; from -= slideMs) {
    const times = { startMs: clock.instantOf(from), endMs: clock.instantOf(from + sizeMs) };
    // Where the clock leaps, two windows may have the same bounds, and are one.
    if (times.startMs === later?.startMs && times.endMs === later.endMs) continue;
    later = times;
    yield times;
  }
}

function isTimeZone(timeZone: unknown): timeZone is string {
  if (typeof timeZone !== 'string') return false;
  try {
    zoneClock(timeZone);
    return true;
  } catch {
    return false;
  }
}
