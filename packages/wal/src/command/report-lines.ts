// Lines of several sub-commands.
import { escapeControls } from '@millrace/core/engine';
import type { LogDamage } from '../read-log.ts';
import type { LogProblem } from './command-context.ts';
import { formatCount, counted, size } from './figures.ts';
import type { Totals } from './log-report.ts';

/** The line for one damaged place. */
export function damageLine({ segment, offset, endOffset, what }: LogDamage): string {
  if (what === 'missing segment') return `DAMAGE ${segment}: the segment is missing`;
  if (what === 'no file') {
    return `DAMAGE ${segment}: a directory, a device or a link that leads nowhere has the name of the segment`;
  }
  return `DAMAGE ${segment}: ${SUBJECTS[what]}, bytes ${formatCount(offset)} to ${formatCount(endOffset)}`;
}

const SUBJECTS: Readonly<Record<Exclude<LogDamage['what'], 'missing segment' | 'no file'>, string>> = {
  header: 'the header is invalid, and no entry can be read',
  'foreign segment': 'the file is of another log, or of an older copy of this one',
  entries: 'entries are damaged',
};

/** The line for a log or a folder that could not be read. */
export function problemLine({ code, message }: LogProblem, name?: string): string {
  return `UNREADABLE ${escapeControls(`${name === undefined ? '' : `${name}: `}${code}: ${message}`)}`;
}

/** The line of sums over all logs. */
export function totalsLine(totals: Totals): string {
  const { logs, segments, records, sizeBytes, damagedPlaces, unreadable } = totals;
  return [
    counted(logs, 'log'),
    counted(segments, 'segment'),
    counted(records, 'record'),
    size(sizeBytes),
    damagedPlaces === 0 ? 'no damage' : counted(damagedPlaces, 'damaged place'),
    ...(unreadable === 0 ? [] : [`${formatCount(unreadable)} unreadable`]),
  ].join(', ');
}
