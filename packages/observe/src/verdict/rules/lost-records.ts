// Rules: records are left out, fail, or come too late for their windows. Each looks at the newest two minutes.
import { countText, messageText, percentText, quoted } from '../../text/words.ts';
import type { VerdictRule } from '../rule.ts';

/** Late records are usual; this part of all records is not. A finding holds until half of the part. */
const LATE_PART = 0.01;
/** Fewer late records are no finding. */
const LATE_MIN = 10;

/** Fires when the codec refused a record. */
export const recordsLeftOut: VerdictRule = {
  name: 'records-left-out',
  level: 'warning',
  judge: ({ recent: { leftOut, lastLeftOut } }) => {
    if (leftOut === 0) return undefined;
    const place =
      lastLeftOut === undefined ? '.' : ` of ${quoted(lastLeftOut.name)}: ${messageText(lastLeftOut.reason)}`;
    return `${countText(leftOut, 'record was', 'records were')} left out in 2 min${place}`;
  },
};

/** Fires when a function failed for a record, or a dead letter was written. */
export const recordErrors: VerdictRule = {
  name: 'record-errors',
  level: 'warning',
  judge: ({ recent: { failed, deadLetters, lastFailure } }) => {
    if (failed === 0 && deadLetters === 0) return undefined;
    const letters = countText(deadLetters, 'dead letter was', 'dead letters were');
    const place =
      lastFailure === undefined
        ? '.'
        : `; the newest in ${quoted(lastFailure.operator)} of ${quoted(lastFailure.stream)}: ${messageText(lastFailure.reason)}`;
    if (failed === 0) return `${letters} written in 2 min${place}`;
    const written = deadLetters === 0 ? '' : `, and ${letters} written`;
    return `${countText(failed, 'record has', 'records have')} failed in 2 min${written}${place}`;
  },
};

/** Fires when 1 % of the records are late, or too far ahead. */
export const lateRecords: VerdictRule = {
  name: 'late-records',
  level: 'warning',
  judge: ({ recent: { late, ahead, records } }, sinceMs) => {
    const least = Math.max(LATE_MIN, records * (sinceMs === undefined ? LATE_PART : LATE_PART / 2));
    if (late >= ahead) {
      if (late < least) return undefined;
      return `${countText(late, 'record was', 'records were')} late in 2 min${partOf(late, records)}: no window takes late records. Raise \`maxDelayMs\`, or look at the clocks of the source.`;
    }
    if (ahead < least) return undefined;
    return `${countText(ahead, 'record is', 'records are')} too far ahead in 2 min${partOf(ahead, records)}: look at the clocks of the source.`;
  },
};

function partOf(count: number, records: number): string {
  return records === 0 ? '' : ` (${percentText(Math.min(1, count / records))})`;
}
