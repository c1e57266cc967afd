// Errors of the server and of the client library in the codes of this package. An answer of the server begins with a word in
// capitals, for instance `OOM command not allowed when used memory > 'maxmemory'`.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText } from '@millrace/core/engine';
import { SimpleError } from '@redis/client';
import { redisSinkError, type RedisSinkErrorCode } from '../redis-sink-errors.ts';
import { placeOf, type RedisSinkConnectionOptions, secretsOf } from './connection-options.ts';

/** Words of answers with a code of their own, in the order of their weight: an error of a script contains two of them. */
const CODES: readonly (readonly [word: string, code: RedisSinkErrorCode])[] = [
  ['NOAUTH', 'MR_SINK_REDIS_DENIED'],
  ['NOPERM', 'MR_SINK_REDIS_DENIED'],
  ['WRONGPASS', 'MR_SINK_REDIS_DENIED'],
  ['LOADING', 'MR_SINK_REDIS_UNREACHABLE'],
  ['MASTERDOWN', 'MR_SINK_REDIS_UNREACHABLE'],
  ['BUSY', 'MR_SINK_REDIS_UNREACHABLE'],
  ['READONLY', 'MR_SINK_REDIS_READ_ONLY'],
  ['NOREPLICAS', 'MR_SINK_REDIS_READ_ONLY'],
  ['OOM', 'MR_SINK_REDIS_FULL'],
  ['MISCONF', 'MR_SINK_REDIS_FULL'],
];

/** The failed action, for the message and the details. */
export interface RedisSinkAction {
  /** A verb with its object, for instance `write partition 5`. */
  readonly what: string;
  readonly options: RedisSinkConnectionOptions;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** True for an answer of the server that is an error. */
export function isAnswer(error: unknown): error is SimpleError {
  return error instanceof SimpleError;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function redisSinkFailure(error: unknown, { what, options, details }: RedisSinkAction): MillraceError {
  if (isMillraceError(error)) return error;
  const reason = failureText(error, secretsOf(options));
  return redisSinkError(codeOf(error), `could not ${what} at ${placeOf(options)}: ${reason}`, {
    details: { ...details },
  });
}

function codeOf(error: unknown): RedisSinkErrorCode {
  if (!isAnswer(error)) return 'MR_SINK_REDIS_UNREACHABLE';
  const { message } = error;
  const found = CODES.find(([word]) => new RegExp(String.raw`\b${word}\b`).test(message));
  if (found !== undefined) return found[1];
  // Without a password for the user `default` the server has no word for its refusal.
  return /\bAUTH\b/.test(message) ? 'MR_SINK_REDIS_DENIED' : 'MR_SINK_REDIS_FAILED';
}
