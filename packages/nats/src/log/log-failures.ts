// The errors of a log in a stream.
import { coreError, type LogHandle } from '@millrace/core';
import { clusterError } from '../cluster-errors.ts';
import type { FormatProblem } from './log-format.ts';
import { handleOf } from './log-format.ts';

/** The error for a message that cannot be read. */
export function damagedMessage(stream: string, sequence: number, problem: FormatProblem): Error {
  const { kind, what, index } = problem;
  const { segment, offset } = handleOf(stream, { sequence, index, length: 0 });
  if (kind === 'version')
    return clusterError(
      'MR_CLUSTER_FORMAT_UNSUPPORTED',
      `message ${sequence} of the stream ${stream} is ${what}: run the version of Millrace that wrote the log`,
      { details: { stream, sequence } },
    );
  return coreError(
    'MR_WAL_CORRUPT_RECORD',
    `message ${sequence} of the stream ${stream} is ${what}; restore the stream from a backup`,
    { details: { segment, offset, sequence } },
  );
}

/** The error for a handle without an entry. */
export function entryNotFound({ segment, offset }: LogHandle): Error {
  return clusterError(
    'MR_CLUSTER_ENTRY_NOT_FOUND',
    `the log has no entry at ${offset} of ${segment}: the entry was cleaned, or the handle belongs to another log`,
    { details: { segment, offset } },
  );
}

/** The error for every write after another process has opened the log. */
export function fenced(stream: string): Error {
  return coreError(
    'MR_WAL_FENCED',
    `another driver has taken over the log in ${stream}: this driver has to end`,
    {
      details: { stream },
    },
  );
}
