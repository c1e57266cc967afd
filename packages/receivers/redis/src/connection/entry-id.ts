// The id of an entry of a stream: two numbers of 64 bits, for instance `1717171717171-3`, which grow from entry to entry.
const ID = /^(\d{1,20})-(\d{1,20})$/;

/** Before every entry. */
export const FIRST_ID = '0-0';
const SEQUENCE_MAX = '18446744073709551615';

/** True for the text of an id. */
export function isEntryId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

/** Less than 0 when `a` is before `b`, more than 0 when `a` is behind `b`. */
export function compareIds(a: string, b: string): number {
  const [aMs = '', aSequence = ''] = a.split('-');
  const [bMs = '', bSequence = ''] = b.split('-');
  return compareDecimals(aMs, bMs) || compareDecimals(aSequence, bSequence);
}

/** The first number of an id: milliseconds since 1970, unless the writer has chosen ids of its own. */
export function timestampOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}

/** The last possible id before a time. */
export function idBefore(timestampMs: number): string {
  return timestampMs === 0 ? FIRST_ID : `${timestampMs - 1}-${SEQUENCE_MAX}`;
}

/** Decimals of the server have no leading zeros. */
function compareDecimals(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}
