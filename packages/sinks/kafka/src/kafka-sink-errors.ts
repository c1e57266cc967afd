// The codes of this package. Each meaning names the remedy, and the disposition defines the engine's reaction: a cluster that is
// away is waited for, a transaction that was taken over is tried again, a failure that needs a human stops.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/sink-kafka with its meaning. */
export const KAFKA_SINK_ERROR_CODES = {
  MR_SINK_KAFKA_UNREACHABLE: {
    disposition: 'back-off',
    meaning:
      'no broker answered, or the connection to a broker broke; the write is tried again with growing delays, and the ledger tells whether a lost commit took place',
  },
  MR_SINK_KAFKA_BUSY: {
    disposition: 'back-off',
    meaning:
      'a partition has no leader or too few replicas in step, or the coordinator of the transaction moves; the write is tried again with growing delays',
  },
  MR_SINK_KAFKA_DENIED: {
    disposition: 'stop-engine',
    meaning:
      'the cluster refused the credentials, or the user lacks a permission; the user needs WRITE and DESCRIBE on the topic, and for effectively-once READ, WRITE, DESCRIBE and DESCRIBE_CONFIGS on the ledger topic and WRITE and DESCRIBE on the transactional ids that begin with transactionalIdPrefix',
  },
  MR_SINK_KAFKA_TLS_UNUSABLE: {
    disposition: 'stop-engine',
    meaning:
      'the files named by the option tls cannot be read or do not match; the message contains the reason',
  },
  MR_SINK_KAFKA_TOPIC_UNKNOWN: {
    disposition: 'stop-engine',
    meaning: 'the topic does not exist; correct the name, create the topic, or set create',
  },
  MR_SINK_KAFKA_LEDGER: {
    disposition: 'stop-engine',
    meaning:
      'the ledger topic cannot be the record of writes: the topic has several partitions, is not compacted, contains something else, or lost a part; correct the option ledgerTopic or the settings of the topic',
  },
  MR_SINK_KAFKA_REFUSED: {
    disposition: 'fail-batch',
    meaning:
      'the cluster refuses a record: a message or a request is larger than max.message.bytes of the topic, the time of a message is out of range, or a message without key goes to a compacted topic; nothing of the partition is visible to committed readers; correct the records, the topic or requestBytes',
  },
  MR_SINK_KAFKA_FENCED: {
    disposition: 'retry',
    meaning:
      'another writer of the same partition took over the transaction, or the transaction lasted longer than transactionTimeoutMs; nothing of the write is visible to committed readers',
  },
  MR_SINK_KAFKA_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'a batch is older than the ledger, so an earlier write of the batch cannot be detected; raise ledgerBatches, or choose another name for an application that starts over',
  },
  MR_SINK_KAFKA_FAILED: {
    disposition: 'retry',
    meaning: 'a broker answered with another error; the message contains the name of the error in Kafka',
  },
} as const satisfies ErrorCodeTable;

/** A code of this package. */
export type KafkaSinkErrorCode = keyof typeof KAFKA_SINK_ERROR_CODES;

/** Makes an error of this package's table. */
export const kafkaSinkError = errorFactory(KAFKA_SINK_ERROR_CODES);
