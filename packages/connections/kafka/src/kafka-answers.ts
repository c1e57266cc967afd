// Errors of the client library. Such an error may hold a whole answer, with the records of users; only its messages and the
// names of errors in Kafka go on. The plugin gives the failure a code of its own.
import { failureText, propertyOf } from '@millrace/core/engine';
import { findErrorBy } from '@platformatic/kafka';
import type { KafkaConnectionOptions } from './connection-options.ts';

/** Names of errors in Kafka that refuse the credentials, or the user a permission. */
export const DENIALS: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  // The listener knows no authentication.
  'ILLEGAL_SASL_STATE',
]);

/** All attempts of the library, and their causes. */
const ERRORS_MAX = 1_000;

/** The action that failed, and the options whose secrets must not appear. */
export interface FailedKafkaAction {
  /** For the message, for instance `read partition 3 of topic orders`. */
  readonly what: string;
  readonly options: KafkaConnectionOptions;
}

/**
 * The message of an error of the plugin, for instance `could not read topic orders: … (UNKNOWN_SERVER_ERROR)`, without secrets.
 *
 * @param answer The deciding one of `kafkaAnswers`, if any.
 */
export function failureMessage(
  error: unknown,
  { what, options }: FailedKafkaAction,
  answer: string | undefined,
): string {
  const text = failureText(error, [options.password, options.tls?.passphrase]);
  return `could not ${what}: ${text}${answer === undefined || text.includes(answer) ? '' : ` (${answer})`}`;
}

/** The names of the errors in Kafka inside an error, level by level, for instance `OFFSET_OUT_OF_RANGE`. */
export function kafkaAnswers(error: unknown): readonly string[] {
  return errorsInside(error)
    .map((one) => propertyOf(one, 'apiId'))
    .filter((name) => typeof name === 'string');
}

/** True when Kafka answered with this error, for instance `OFFSET_OUT_OF_RANGE`. */
export function isKafkaAnswer(error: unknown, name: string): boolean {
  return findErrorBy(error as Error, 'apiId', name) !== null;
}

/** True when a connection could not be made, or broke. */
export function isNetworkFailure(error: unknown): boolean {
  return errorsInside(error).some((one) => propertyOf(one, 'code') === 'PLT_KFK_NETWORK');
}

/** True when the client library says that a topic does not exist. */
export function isUnknownTopic(error: unknown): boolean {
  // The library replaces the answer of the broker by words of its own.
  const isTold = error instanceof Error && error.message.startsWith('Unknown topic ');
  return (
    isTold || isKafkaAnswer(error, 'UNKNOWN_TOPIC_OR_PARTITION') || isKafkaAnswer(error, 'UNKNOWN_TOPIC_ID')
  );
}

/** The error, the errors that it collects and the causes, level by level. */
function errorsInside(error: unknown): readonly unknown[] {
  const found: unknown[] = [error];
  for (let at = 0; at < found.length && found.length < ERRORS_MAX; at += 1) {
    const collected = propertyOf(found[at], 'errors');
    if (Array.isArray(collected)) for (const one of collected) found.push(one);
    const cause = propertyOf(found[at], 'cause');
    if (cause !== undefined) found.push(cause);
  }
  return found;
}
