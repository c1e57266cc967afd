// The codes of this package. A lost broker is not a failure of the engine: the receiver is restarted with growing delays. A
// setting that no restart can fix stops the engine.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-kafka with its meaning. */
export const KAFKA_ERROR_CODES = {
  MR_KAFKA_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'no broker answered, or the connection to a broker broke; the receiver tries again with growing delays, and no record is lost',
  },
  MR_KAFKA_DENIED: {
    disposition: 'back-off',
    meaning:
      'the cluster refused the credentials, or the user lacks a permission on the topic or on the group; check username, password, mechanism and access control lists',
  },
  MR_KAFKA_TLS_UNUSABLE: {
    disposition: 'back-off',
    meaning:
      'the files named by the option tls cannot be read or do not match; the cause contains the reason',
  },
  MR_KAFKA_TOPIC_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'the topic does not exist, or lacks the partition; correct the name, create the topic, or set create',
  },
  MR_KAFKA_PARTITIONS_DIFFER: {
    disposition: 'stop-engine',
    meaning:
      'the topic has another number of partitions than the option partitions of kafkaTopic, so some partition would never be read; correct the number',
  },
  MR_KAFKA_TOPIC_COMPACTED: {
    disposition: 'stop-engine',
    meaning:
      'the topic is compacted, so a part of the topic cannot be read again as before; set ranges to false, and the log keeps the records themselves',
  },
  MR_KAFKA_GAP: {
    disposition: 'stop-engine',
    meaning:
      'the topic no longer has the record behind the last registered one: retention removed records that were never read, or the topic was made anew; decide about the lost records, then set onGap to earliest or raise the retention',
  },
  MR_KAFKA_POSITION_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'the position of the last registered record is none of this receiver: another receiver had this place in the program; give the stream a uid of its own, or start with new directories',
  },
  MR_KAFKA_FENCED: {
    disposition: 'back-off',
    meaning:
      'the group has removed this member: another receiver has the same instanceId, or this process was silent for longer than sessionTimeoutMs; every receiver of a group needs an instanceId of its own',
  },
  MR_KAFKA_MALFORMED: {
    disposition: 'skip-record',
    meaning:
      'a message is not in the form of the option value; the message was left out, or the receiver stopped, according to onMalformed',
  },
  MR_KAFKA_RANGE_LOST: {
    disposition: 'fail-batch',
    meaning:
      'the topic no longer has the records of a block: retention removed the records, or the topic was made anew; the retention has to be longer than the time between checkpoints',
  },
  MR_KAFKA_FAILED: {
    disposition: 'back-off',
    meaning: 'a broker answered with another error; the message contains the name of the error in Kafka',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type KafkaErrorCode = keyof typeof KAFKA_ERROR_CODES;

/** Makes an error of this package's table. */
export const kafkaError = errorFactory(KAFKA_ERROR_CODES);
