// The refusal of a record that a sink cannot convert.
import type { SinkWrite } from '../contracts/sink.ts';
import { coreError } from '../errors/core-errors.ts';
import type { MillraceError } from '../errors/millrace-error.ts';
import { messageOf } from '../errors/thrown-value.ts';

/** A record that a sink cannot convert. */
export interface RefusedRecord {
  /** For the message, for instance `records that can be messages`. */
  readonly expected: string;
  /** The index of the record in its partition, from 0. */
  readonly index: number;
  readonly write: SinkWrite;
  readonly cause: unknown;
  /** What the program can do, for instance `convert records with map first`. Default: nothing more is said. */
  readonly hint?: string;
}

/** The error `MR_SINK_UNSUPPORTED_RECORD` with the place of the record. */
export function unsupportedRecord({ expected, index, write, cause, hint }: RefusedRecord): MillraceError {
  const place = `record ${index} of partition ${write.partition}`;
  const message = `expected ${expected}, but ${place}: ${messageOf(cause)}${hint === undefined ? '' : `; ${hint}`}`;
  return coreError('MR_SINK_UNSUPPORTED_RECORD', message, { details: { ...write, index }, cause });
}
