// The records of simulated sources, as values and as lines of text.

/**
 * A record: its number and, for a source that sends again, the start that brought the record. Every stored record is
 * unique.
 */
export type SimRecord = readonly [number: number, start: number];

/** Records as whole lines. */
export function linesOf(numbers: readonly number[], start: number): Uint8Array {
  return new TextEncoder().encode(numbers.map((number) => `${number} ${start}\n`).join(''));
}

/** The record of a line; a record that came as a value stays unchanged. */
export function recordOf(stored: SimRecord | string): SimRecord {
  if (typeof stored !== 'string') return stored;
  const [number, start] = stored.split(' ');
  return [Number(number), Number(start)];
}
