// Errors of the client library in the codes of this package. An error of the client may hold a whole answer, with the records
// of users; only its messages and the names of errors in Kafka go on.
import { isMillraceError, type MillraceError } from '@millrace/core';
import { failureText, propertyOf } from '@millrace/core/engine';
import { findErrorBy } from '@platformatic/kafka';
import { kafkaSinkError, type KafkaSinkErrorCode } from '../kafka-sink-errors.ts';
import type { KafkaSinkConnectionOptions } from './connection-options.ts';

/** Names of errors in Kafka with a code of their own. */
const CODES: Readonly<Record<string, KafkaSinkErrorCode>> = {
  TOPIC_AUTHORIZATION_FAILED: 'MR_SINK_KAFKA_DENIED',
  CLUSTER_AUTHORIZATION_FAILED: 'MR_SINK_KAFKA_DENIED',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'MR_SINK_KAFKA_DENIED',
  SASL_AUTHENTICATION_FAILED: 'MR_SINK_KAFKA_DENIED',
  UNSUPPORTED_SASL_MECHANISM: 'MR_SINK_KAFKA_DENIED',
  // The listener knows no authentication.
  ILLEGAL_SASL_STATE: 'MR_SINK_KAFKA_DENIED',
  MESSAGE_TOO_LARGE: 'MR_SINK_KAFKA_REFUSED',
  RECORD_LIST_TOO_LARGE: 'MR_SINK_KAFKA_REFUSED',
  INVALID_TIMESTAMP: 'MR_SINK_KAFKA_REFUSED',
  INVALID_RECORD: 'MR_SINK_KAFKA_REFUSED',
  NOT_ENOUGH_REPLICAS: 'MR_SINK_KAFKA_BUSY',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'MR_SINK_KAFKA_BUSY',
  NOT_LEADER_OR_FOLLOWER: 'MR_SINK_KAFKA_BUSY',
  LEADER_NOT_AVAILABLE: 'MR_SINK_KAFKA_BUSY',
  FENCED_LEADER_EPOCH: 'MR_SINK_KAFKA_BUSY',
  REQUEST_TIMED_OUT: 'MR_SINK_KAFKA_BUSY',
  KAFKA_STORAGE_ERROR: 'MR_SINK_KAFKA_BUSY',
  COORDINATOR_LOAD_IN_PROGRESS: 'MR_SINK_KAFKA_BUSY',
  COORDINATOR_NOT_AVAILABLE: 'MR_SINK_KAFKA_BUSY',
  NOT_COORDINATOR: 'MR_SINK_KAFKA_BUSY',
  CONCURRENT_TRANSACTIONS: 'MR_SINK_KAFKA_BUSY',
  PRODUCER_FENCED: 'MR_SINK_KAFKA_FENCED',
  INVALID_PRODUCER_EPOCH: 'MR_SINK_KAFKA_FENCED',
  INVALID_PRODUCER_ID_MAPPING: 'MR_SINK_KAFKA_FENCED',
  INVALID_TXN_STATE: 'MR_SINK_KAFKA_FENCED',
  TRANSACTION_ABORTABLE: 'MR_SINK_KAFKA_FENCED',
  UNKNOWN_PRODUCER_ID: 'MR_SINK_KAFKA_FENCED',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'MR_SINK_KAFKA_FENCED',
};

/** All attempts of the library, and their causes. */
const ERRORS_MAX = 1_000;

/** The action that failed, and the options whose secrets must not appear. */
export interface FailedSinkAction {
  /** For the message, for instance `write partition 3 to topic orders`. */
  readonly what: string;
  readonly options: KafkaSinkConnectionOptions;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function kafkaFailure(
  error: unknown,
  { what, options, details = {} }: FailedSinkAction,
): MillraceError {
  if (isMillraceError(error)) return error;
  const text = failureText(error, [options.password, options.tls?.passphrase]);
  const name = apiErrorOf(error);
  const code = codeOf(error, name);
  const message = `could not ${what}: ${text}${name === undefined || text.includes(name) ? '' : ` (${name})`}`;
  return kafkaSinkError(code, message, {
    details: { ...details, ...(name === undefined ? {} : { kafkaError: name }) },
  });
}

/** True when Kafka answered with this error, for instance `OFFSET_OUT_OF_RANGE`. */
export function isKafkaAnswer(error: unknown, name: string): boolean {
  return findErrorBy(error as Error, 'apiId', name) !== null;
}

/** True when the transaction belongs to somebody else now, so that a new producer has to begin a new one. */
export function isTakenOver(error: unknown): boolean {
  const name = apiErrorOf(error);
  return name !== undefined && CODES[name] === 'MR_SINK_KAFKA_FENCED';
}

/** True when the client library says that a topic does not exist. */
export function isUnknownTopic(error: unknown): boolean {
  // The library replaces the answer of the broker by words of its own.
  const isTold = error instanceof Error && error.message.startsWith('Unknown topic ');
  return (
    isTold || isKafkaAnswer(error, 'UNKNOWN_TOPIC_OR_PARTITION') || isKafkaAnswer(error, 'UNKNOWN_TOPIC_ID')
  );
}

function codeOf(error: unknown, name: string | undefined): KafkaSinkErrorCode {
  if (name !== undefined && CODES[name] !== undefined) return CODES[name];
  const isNetwork = errorsInside(error).some((one) => propertyOf(one, 'code') === 'PLT_KFK_NETWORK');
  return name === undefined && isNetwork ? 'MR_SINK_KAFKA_UNREACHABLE' : 'MR_SINK_KAFKA_FAILED';
}

/**
 * The name of the deciding error in Kafka inside an error. The library collects the answers to all its attempts: one that is not
 * worth another attempt decides, and else the last one.
 */
function apiErrorOf(error: unknown): string | undefined {
  const names = errorsInside(error)
    .map((one) => propertyOf(one, 'apiId'))
    .filter((name) => typeof name === 'string');
  const isFinal = (name: string): boolean =>
    CODES[name] !== undefined && CODES[name] !== 'MR_SINK_KAFKA_BUSY';
  return names.findLast(isFinal) ?? names.at(-1);
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
