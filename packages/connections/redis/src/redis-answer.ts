// Errors of the server and of the client library. An answer of the server that is an error begins with a word in capitals, for
// instance `NOPERM User ann has no permissions to run the 'xadd' command`. The plugin gives the failure a code of its own.
import { failureText } from '@millrace/core/engine';
import { SimpleError } from '@redis/client';
import { placeOf, type RedisConnectionOptions, secretsOf } from './connection-options.ts';

/** The action that failed, and the options whose secrets must not appear. */
export interface FailedRedisAction {
  /** A verb with its object, for instance `read stream "orders"`. */
  readonly what: string;
  readonly options: RedisConnectionOptions;
}

/** True for an answer of the server that is an error; false for an error of the connection. */
export function isAnswer(error: unknown): error is SimpleError {
  return error instanceof SimpleError;
}

/** The first word of an answer that is an error; undefined for an error of the connection or of the plugin. */
export function answerWord(error: unknown): string | undefined {
  return isAnswer(error) ? /^[A-Z]+/.exec(error.message)?.[0] : undefined;
}

/** The message of an error of the plugin, for instance `could not read stream "orders" at h:6379: …`, without secrets. */
export function failureMessage(error: unknown, { what, options }: FailedRedisAction): string {
  return `could not ${what} at ${placeOf(options)}: ${failureText(error, secretsOf(options))}`;
}
