// A place in a replay, as it goes into the driver's log: behind which record, and what the file was up to there.
import type { Prefix } from './file-prefix.ts';

/** A place in a replay. Plain data. */
export interface ReplayPosition extends Prefix {
  /** The number of the record in the file, from 0. */
  readonly record: number;
}

/** What a receiver is told by the engine, taken for a position; one that is only a number says nothing of the file. */
export function asPosition(value: unknown): Pick<ReplayPosition, 'record'> & Partial<Prefix> {
  return typeof value === 'object' && value !== null ? (value as ReplayPosition) : { record: Number(value) };
}

/** What the file begins with according to a position; undefined when there is none, or when it does not say. */
export function prefixOf(value: unknown): Prefix | undefined {
  if (value === undefined) return undefined;
  const { bytes, crc } = asPosition(value);
  return bytes === undefined || crc === undefined ? undefined : { bytes, crc };
}
