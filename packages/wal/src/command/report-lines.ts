// Lines that several sub-commands print.
import { escapeControls } from '@millrace/core';
import type { LogDamage } from '../read-log.ts';
import type { Problem } from './command-context.ts';
import { count, counted, size } from './figures.ts';
import type { Totals } from './log-report.ts';

/** One damaged place. */
export function damageLine({ segment, offset, endOffset, what }: LogDamage): string {
  if (what === 'missing segment') return `DAMAGE ${segment}: the segment is missing`;
  const subject =
    what === 'header' ? 'its header does not hold, and nothing in it can be read' : 'entries are damaged';
  return `DAMAGE ${segment}: ${subject}, bytes ${count(offset)} to ${count(endOffset)}`;
}

/** Why something could not be read. */
export function problemLine({ code, message }: Problem, name?: string): string {
  return `UNREADABLE ${escapeControls(`${name === undefined ? '' : `${name}: `}${code}: ${message}`)}`;
}

/** Sums over all logs. */
export function totalsLine(totals: Totals): string {
  const { logs, segments, records, sizeBytes, damagedPlaces, unreadable } = totals;
  return [
    counted(logs, 'log'),
    counted(segments, 'segment'),
    counted(records, 'record'),
    size(sizeBytes),
    damagedPlaces === 0 ? 'no damage' : counted(damagedPlaces, 'damaged place'),
    ...(unreadable === 0 ? [] : [`${count(unreadable)} unreadable`]),
  ].join(', ');
}
