// Errors of the client library in the codes of this package.
import {
  DENIALS,
  type FailedKafkaAction,
  failureMessage,
  isNetworkFailure,
  kafkaAnswers,
} from '@millrace/connection-kafka';
import { isMillraceError, type MillraceError } from '@millrace/core';
import { kafkaError, type KafkaErrorCode } from '../kafka-errors.ts';

/** The error of this package for any error; an error that has a code already stays unchanged. */
export function kafkaFailure(error: unknown, action: FailedKafkaAction): MillraceError {
  if (isMillraceError(error)) return error;
  const [answer] = kafkaAnswers(error);
  return kafkaError(codeOf(error, answer), failureMessage(error, action, answer), {
    details: answer === undefined ? {} : { kafkaError: answer },
  });
}

/** The error for files of `tls` that cannot be used. */
export function unusableTls(message: string): MillraceError {
  return kafkaError('MR_KAFKA_TLS_UNUSABLE', message);
}

function codeOf(error: unknown, answer: string | undefined): KafkaErrorCode {
  if (answer !== undefined) return DENIALS.has(answer) ? 'MR_KAFKA_DENIED' : 'MR_KAFKA_FAILED';
  return isNetworkFailure(error) ? 'MR_KAFKA_UNREACHABLE' : 'MR_KAFKA_FAILED';
}
