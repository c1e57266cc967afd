// A place in a replay, as stored in the driver's log: the last record, and the state of the file up to there.
import type { Prefix } from './file-prefix.ts';

/** A place in a replay. Plain data. */
export interface ReplayPosition extends Prefix {
  /** The number of the record in the file, from 0. */
  readonly record: number;
}

/** The resume position of the engine as a position; a plain number does not identify the file. */
export function asPosition(value: unknown): Pick<ReplayPosition, 'record'> & Partial<Prefix> {
  return typeof value === 'object' && value !== null ? (value as ReplayPosition) : { record: Number(value) };
}

/**
 * The file's beginning according to a position; undefined without a position, or when the position does not identify
 * the file.
 */
export function prefixOf(value: unknown): Prefix | undefined {
  if (value === undefined) return undefined;
  const { bytes, crc } = asPosition(value);
  return bytes === undefined || crc === undefined ? undefined : { bytes, crc };
}
