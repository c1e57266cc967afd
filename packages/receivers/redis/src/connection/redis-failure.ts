// Errors of the server and of the client library in the codes of this package.
import { answerWord, type FailedRedisAction, failureMessage, isAnswer } from '@millrace/connection-redis';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { redisError, type RedisErrorCode } from '../redis-errors.ts';

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

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function redisFailure(error: unknown, action: FailedRedisAction): MillraceError {
  if (isMillraceError(error)) return error;
  const word = answerWord(error);
  const code = (word === undefined ? undefined : CODES[word]) ?? plainCode(error);
  return redisError(code, failureMessage(error, action), {
    details: word === undefined ? {} : { answer: word },
  });
}

/** The error for files of `tls` that cannot be used. */
export function unusableTls(message: string): MillraceError {
  return redisError('MR_REDIS_TLS_UNUSABLE', message);
}

function plainCode(error: unknown): RedisErrorCode {
  if (!isAnswer(error)) return 'MR_REDIS_UNREACHABLE';
  // Without a user `default` the server asks for two arguments, in words without a code.
  return /AUTH|max number of clients/.test(String(error)) ? 'MR_REDIS_DENIED' : 'MR_REDIS_FAILED';
}
