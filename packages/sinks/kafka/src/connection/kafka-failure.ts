// Errors of the client library in the codes of this package.
import {
  DENIALS,
  type FailedKafkaAction,
  failureMessage,
  isNetworkFailure,
  kafkaAnswers,
} from '@millrace/connection-kafka';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { kafkaSinkError, type KafkaSinkErrorCode } from '../kafka-sink-errors.ts';

/** Names of errors in Kafka with a code of their own, besides the denials. */
const CODES: Readonly<Record<string, KafkaSinkErrorCode>> = {
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

/** The failed action, for the message and the details. */
export interface FailedSinkAction extends FailedKafkaAction {
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function kafkaFailure(error: unknown, { details = {}, ...action }: FailedSinkAction): MillraceError {
  if (isMillraceError(error)) return error;
  const answer = decidingAnswer(error);
  return kafkaSinkError(codeOf(error, answer), failureMessage(error, action, answer), {
    details: { ...details, ...(answer === undefined ? {} : { kafkaError: answer }) },
  });
}

/** The error for files of `tls` that cannot be used. */
export function unusableTls(message: string): MillraceError {
  return kafkaSinkError('MR_SINK_KAFKA_TLS_UNUSABLE', message);
}

/** True when the transaction belongs to somebody else now, so that a new producer has to begin a new one. */
export function isTakenOver(error: unknown): boolean {
  const answer = decidingAnswer(error);
  return answer !== undefined && codeOfAnswer(answer) === 'MR_SINK_KAFKA_FENCED';
}

function codeOf(error: unknown, answer: string | undefined): KafkaSinkErrorCode {
  if (answer !== undefined) return codeOfAnswer(answer) ?? 'MR_SINK_KAFKA_FAILED';
  return isNetworkFailure(error) ? 'MR_SINK_KAFKA_UNREACHABLE' : 'MR_SINK_KAFKA_FAILED';
}

function codeOfAnswer(answer: string): KafkaSinkErrorCode | undefined {
  return DENIALS.has(answer) ? 'MR_SINK_KAFKA_DENIED' : CODES[answer];
}

/**
 * The deciding error in Kafka inside an error. The library collects the answers to all its attempts: one that is not worth
 * another attempt decides, and else the last one.
 */
function decidingAnswer(error: unknown): string | undefined {
  const answers = kafkaAnswers(error);
  const isFinal = (answer: string): boolean => {
    const code = codeOfAnswer(answer);
    return code !== undefined && code !== 'MR_SINK_KAFKA_BUSY';
  };
  return answers.findLast(isFinal) ?? answers.at(-1);
}
