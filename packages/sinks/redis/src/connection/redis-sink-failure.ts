// Errors of the server and of the client library in the codes of this package.
import { type FailedRedisAction, failureMessage, isAnswer } from '@millrace/connection-redis';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { redisSinkError, type RedisSinkErrorCode } from '../redis-sink-errors.ts';

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
export interface RedisSinkAction extends FailedRedisAction {
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function redisSinkFailure(error: unknown, { details, ...action }: RedisSinkAction): MillraceError {
  if (isMillraceError(error)) return error;
  return redisSinkError(codeOf(error), failureMessage(error, action), { details: { ...details } });
}

/** The error for files of `tls` that cannot be used. */
export function unusableTls(message: string): MillraceError {
  return redisSinkError('MR_SINK_REDIS_TLS_UNUSABLE', message);
}

function codeOf(error: unknown): RedisSinkErrorCode {
  if (!isAnswer(error)) return 'MR_SINK_REDIS_UNREACHABLE';
  const { message } = error;
  const found = CODES.find(([word]) => new RegExp(String.raw`\b${word}\b`).test(message));
  if (found !== undefined) return found[1];
  // Without a password for the user `default` the server has no word for its refusal.
  return /\bAUTH\b/.test(message) ? 'MR_SINK_REDIS_DENIED' : 'MR_SINK_REDIS_FAILED';
}
