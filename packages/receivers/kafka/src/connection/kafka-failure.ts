// Errors of the client library in the codes of this package. An error of the client may hold a whole answer, with the records
// of users; only its messages and the names of errors in Kafka go on.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText, propertyOf } from '@millrace/core/engine';
import { findErrorBy } from '@platformatic/kafka';
import { kafkaError, type KafkaErrorCode } from '../kafka-errors.ts';
import type { KafkaConnectionOptions } from './connection-options.ts';

/** Names of errors in Kafka with a code of their own. */
const CODES: Readonly<Record<string, KafkaErrorCode>> = {
  TOPIC_AUTHORIZATION_FAILED: 'MR_KAFKA_DENIED',
  GROUP_AUTHORIZATION_FAILED: 'MR_KAFKA_DENIED',
  CLUSTER_AUTHORIZATION_FAILED: 'MR_KAFKA_DENIED',
  SASL_AUTHENTICATION_FAILED: 'MR_KAFKA_DENIED',
  UNSUPPORTED_SASL_MECHANISM: 'MR_KAFKA_DENIED',
  // The listener knows no authentication.
  ILLEGAL_SASL_STATE: 'MR_KAFKA_DENIED',
};

const ERRORS_MAX = 32;

/** The action that failed, and the options whose secrets must not appear. */
export interface FailedAction {
  /** For the message, for instance `read partition 3 of topic orders`. */
  readonly what: string;
  readonly options: KafkaConnectionOptions;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function kafkaFailure(error: unknown, { what, options }: FailedAction): MillraceError {
  if (isMillraceError(error)) return error;
  const text = failureText(error, [options.password, options.tls?.passphrase]);
  const name = apiErrorOf(error);
  const code = codeOf(error, name);
  const message = `could not ${what}: ${text}${name === undefined || text.includes(name) ? '' : ` (${name})`}`;
  return kafkaError(code, message, { details: name === undefined ? {} : { kafkaError: name } });
}

/** True when Kafka answered with this error, for instance `OFFSET_OUT_OF_RANGE`. */
export function isKafkaAnswer(error: unknown, name: string): boolean {
  return findErrorBy(error as Error, 'apiId', name) !== null;
}

/** True when the client library says that a topic does not exist. */
export function isUnknownTopic(error: unknown): boolean {
  // The library replaces the answer of the broker by words of its own.
  const isTold = error instanceof Error && error.message.startsWith('Unknown topic ');
  return (
    isTold || isKafkaAnswer(error, 'UNKNOWN_TOPIC_OR_PARTITION') || isKafkaAnswer(error, 'UNKNOWN_TOPIC_ID')
  );
}

function codeOf(error: unknown, name: string | undefined): KafkaErrorCode {
  if (name !== undefined && CODES[name] !== undefined) return CODES[name];
  const isNetwork = errorsInside(error).some((one) => propertyOf(one, 'code') === 'PLT_KFK_NETWORK');
  return name === undefined && isNetwork ? 'MR_KAFKA_UNREACHABLE' : 'MR_KAFKA_FAILED';
}

/** The name of the first error in Kafka inside an error. */
function apiErrorOf(error: unknown): string | undefined {
  return errorsInside(error)
    .map((one) => propertyOf(one, 'apiId'))
    .find((name) => typeof name === 'string');
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
