// Errors of the server and of the client library in the codes of this package. An answer of the server begins with a word in
// capitals, for instance `NOPERM User ann has no permissions to run the 'xadd' command`.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText } from '@millrace/core/engine';
import { SimpleError } from '@redis/client';
import { redisError, type RedisErrorCode } from '../redis-errors.ts';
import { placeOf, type RedisConnectionOptions, secretsOf } from './connection-options.ts';

/** First words of answers with a code of their own. */
const CODES: Readonly<Record<string, RedisErrorCode>> = {
  NOAUTH: 'MR_REDIS_DENIED',
  NOPERM: 'MR_REDIS_DENIED',
  WRONGPASS: 'MR_REDIS_DENIED',
  WRONGTYPE: 'MR_REDIS_STREAM_UNKNOWN',
  LOADING: 'MR_REDIS_UNREACHABLE',
  MASTERDOWN: 'MR_REDIS_UNREACHABLE',
  TRYAGAIN: 'MR_REDIS_UNREACHABLE',
};

/** The action that failed, and the options whose secrets must not appear. */
export interface FailedRedisAction {
  /** For the message, for instance `read stream "orders"`. */
  readonly what: string;
  readonly options: RedisConnectionOptions;
}

/** The first word of an answer that is an error; undefined for an error of the connection or of this package. */
export function answerWord(error: unknown): string | undefined {
  return error instanceof SimpleError ? /^[A-Z]+/.exec(error.message)?.[0] : undefined;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function redisFailure(error: unknown, { what, options }: FailedRedisAction): MillraceError {
  if (isMillraceError(error)) return error;
  const word = answerWord(error);
  const isOfServer = error instanceof SimpleError;
  const code = (word === undefined ? undefined : CODES[word]) ?? plainCode(error, isOfServer);
  const text = failureText(error, secretsOf(options));
  return redisError(code, `could not ${what} at ${placeOf(options)}: ${text}`, {
    details: word === undefined ? {} : { answer: word },
  });
}

function plainCode(error: unknown, isOfServer: boolean): RedisErrorCode {
  if (!isOfServer) return 'MR_REDIS_UNREACHABLE';
  // Without a user `default` the server asks for two arguments, in words without a code.
  return /AUTH|max number of clients/.test(String(error)) ? 'MR_REDIS_DENIED' : 'MR_REDIS_FAILED';
}
