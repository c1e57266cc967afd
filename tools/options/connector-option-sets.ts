// The sets of options of receivers, sinks and connections with generated tables, by the name in the marker.
import { z } from 'zod';
import { DECODING_RULES } from '../../packages/core/src/connectors/decoding-options.ts';
import { PUBLISHING_RULES as AMQP_PUBLISHING_RULES } from '../../packages/sinks/amqp/src/amqp-sink.options.ts';
import { CONNECTION_RULES as AMQP_CONNECTION_RULES } from '../../packages/connections/amqp/src/connection-options.ts';
import { amqpQueueOptions, QUEUE_RULES } from '../../packages/receivers/amqp/src/reading/queue-options.ts';
import {
  TOPICS_RULES,
  mqttTopicsOptions,
} from '../../packages/receivers/mqtt/src/acknowledged/topics-options.ts';
import { AT_MOST_ONCE_RULES } from '../../packages/receivers/mqtt/src/at-most-once/at-most-once-options.ts';
import { CONNECTION_RULES as MQTT_CONNECTION_RULES } from '../../packages/receivers/mqtt/src/connection/connection-options.ts';
import { fileWatchOptions } from '../../packages/receivers/files/src/file-watch.options.ts';
import { textFilesOptions } from '../../packages/receivers/files/src/text-files.options.ts';
import { wholeFilesOptions } from '../../packages/receivers/files/src/whole-files.options.ts';
import { httpRecordsOptions } from '../../packages/receivers/http/src/http.options.ts';
import { CONNECTION_RULES as KAFKA_CONNECTION_RULES } from '../../packages/connections/kafka/src/connection-options.ts';
import { MESSAGE_RULES } from '../../packages/receivers/kafka/src/decoding/message-options.ts';
import { GROUP_RULES, kafkaGroupOptions } from '../../packages/receivers/kafka/src/group/group-options.ts';
import {
  kafkaPartitionOptions,
  PARTITION_RULES,
} from '../../packages/receivers/kafka/src/partition/partition-options.ts';
import { CONNECTION_RULES as NATS_CONNECTION_RULES } from '../../packages/connections/nats/src/connection-options.ts';
import {
  jetstreamRecordsOptions,
  RECORDS_RULES,
} from '../../packages/receivers/nats/src/records/records-options.ts';
import { STREAM_RULES } from '../../packages/receivers/nats/src/stream/stream-options.ts';
import { SUBJECT_RULES } from '../../packages/receivers/nats/src/subject/subject-options.ts';
import { CHANGES_RULES } from '../../packages/receivers/postgres/src/changes/changes-options.ts';
import { CONNECTION_RULES as POSTGRES_CONNECTION_RULES } from '../../packages/connections/postgres/src/connection-options.ts';
import { NOTIFICATION_RULES } from '../../packages/receivers/postgres/src/notifications/notifications-options.ts';
import { ROWS_RULES } from '../../packages/receivers/postgres/src/rows/rows-options.ts';
import { replayOptionsSchema } from '../../packages/receivers/replay/src/replay-options.ts';
import { socketConnectionOptions } from '../../packages/receivers/socket/src/socket-connection.options.ts';
import { socketFramesOptions } from '../../packages/receivers/socket/src/socket-frames.options.ts';
import { socketTextOptions } from '../../packages/receivers/socket/src/socket-text.options.ts';
import { WEBSOCKET_RULES } from '../../packages/receivers/websocket/src/websocket.options.ts';
import { filesSinkOptions } from '../../packages/sinks/files/src/files-sink.options.ts';
import { TABLE_RULES as CLICKHOUSE_TABLE_RULES } from '../../packages/sinks/clickhouse/src/clickhouse-sink.options.ts';
import { CONNECTION_RULES as CLICKHOUSE_SINK_CONNECTION_RULES } from '../../packages/sinks/clickhouse/src/connection/connection-options.ts';
import { HTTP_SINK_RULES } from '../../packages/sinks/http/src/http-sink.options.ts';
import { CONNECTION_RULES as REDIS_CONNECTION_RULES } from '../../packages/connections/redis/src/connection-options.ts';
import { ENTRY_RULES } from '../../packages/receivers/redis/src/decoding/entry-options.ts';
import {
  GROUP_RULES as REDIS_GROUP_RULES,
  redisStreamOptions,
} from '../../packages/receivers/redis/src/group/group-options.ts';
import { MESSAGES_RULES } from '../../packages/receivers/redis/src/messages/messages-options.ts';
import { RANGE_RULES } from '../../packages/receivers/redis/src/range/range-options.ts';
import { TOPIC_RULES as KAFKA_SINK_RULES } from '../../packages/sinks/kafka/src/kafka-sink.options.ts';
import { STREAM_RULES as NATS_SINK_RULES } from '../../packages/sinks/nats/src/nats-sink.options.ts';
import { ROWS_RULES as REDIS_SINK_RULES } from '../../packages/sinks/redis/src/redis-sink.options.ts';
import { TABLE_RULES } from '../../packages/sinks/postgres/src/postgres-sink.options.ts';
import { DUCKDB_SINK_RULES } from '../../packages/sinks/duckdb/src/duckdb-sink.options.ts';
import { S3_SINK_RULES } from '../../packages/sinks/s3/src/s3-sink.options.ts';
import { sqliteSinkOptions } from '../../packages/sinks/sqlite/src/sqlite-sink.options.ts';
import type { OptionSet } from './option-tables.ts';

/** The doc comments of a connection to NATS. */
export const NATS_CONNECTION_FILES: readonly string[] = [
  'packages/connections/nats/src/connection-options.ts',
  'packages/connections/nats/src/credentials.ts',
];

/** The sets of connectors. */
export const CONNECTOR_OPTION_SETS: ReadonlyMap<string, OptionSet> = new Map<string, OptionSet>([
  [
    'amqpSink',
    { rules: { ...AMQP_PUBLISHING_RULES }, files: ['packages/sinks/amqp/src/amqp-sink.options.ts'] },
  ],
  [
    'amqpQueue',
    {
      rules: {
        ...QUEUE_RULES,
        maxInFlight: amqpQueueOptions.shape.maxInFlight,
        maxBytesInFlight: amqpQueueOptions.shape.maxBytesInFlight,
      },
      files: [
        'packages/receivers/amqp/src/reading/queue-options.ts',
        'packages/core/src/connectors/decoding-options.ts',
      ],
    },
  ],
  [
    'amqpMessages',
    { rules: { ...DECODING_RULES }, files: ['packages/core/src/connectors/decoding-options.ts'] },
  ],
  [
    'amqpConnection',
    {
      rules: { ...AMQP_CONNECTION_RULES },
      files: [
        'packages/connections/amqp/src/connection-options.ts',
        'packages/core/src/connectors/client-tls.ts',
      ],
    },
  ],
  [
    'mqttTopics',
    {
      rules: {
        ...TOPICS_RULES,
        maxInFlight: mqttTopicsOptions.shape.maxInFlight,
        maxBytesInFlight: mqttTopicsOptions.shape.maxBytesInFlight,
      },
      files: [
        'packages/receivers/mqtt/src/acknowledged/topics-options.ts',
        'packages/core/src/connectors/decoding-options.ts',
      ],
    },
  ],
  [
    'mqttAtMostOnce',
    {
      rules: { ...AT_MOST_ONCE_RULES },
      files: ['packages/receivers/mqtt/src/at-most-once/at-most-once-options.ts'],
    },
  ],
  [
    'mqttMessages',
    { rules: { ...DECODING_RULES }, files: ['packages/core/src/connectors/decoding-options.ts'] },
  ],
  [
    'mqttConnection',
    {
      rules: { ...MQTT_CONNECTION_RULES },
      files: [
        'packages/receivers/mqtt/src/connection/connection-options.ts',
        'packages/core/src/connectors/client-tls.ts',
      ],
    },
  ],
  ['httpRecords', { rules: httpRecordsOptions, files: ['packages/receivers/http/src/http.options.ts'] }],
  ['filesSink', { rules: filesSinkOptions, files: ['packages/sinks/files/src/files-sink.options.ts'] }],
  [
    'clickhouseSink',
    {
      rules: { ...CLICKHOUSE_TABLE_RULES },
      files: ['packages/sinks/clickhouse/src/clickhouse-sink.options.ts'],
    },
  ],
  [
    'clickhouseSinkConnection',
    {
      rules: { ...CLICKHOUSE_SINK_CONNECTION_RULES },
      files: [
        'packages/sinks/clickhouse/src/connection/connection-options.ts',
        'packages/core/src/connectors/client-tls.ts',
      ],
    },
  ],
  ['httpSink', { rules: { ...HTTP_SINK_RULES }, files: ['packages/sinks/http/src/http-sink.options.ts'] }],
  [
    'kafkaSink',
    { rules: { ...KAFKA_SINK_RULES }, files: ['packages/sinks/kafka/src/kafka-sink.options.ts'] },
  ],
  ['natsSink', { rules: { ...NATS_SINK_RULES }, files: ['packages/sinks/nats/src/nats-sink.options.ts'] }],
  [
    'postgresSink',
    { rules: { ...TABLE_RULES }, files: ['packages/sinks/postgres/src/postgres-sink.options.ts'] },
  ],
  [
    'redisSink',
    { rules: { ...REDIS_SINK_RULES }, files: ['packages/sinks/redis/src/redis-sink.options.ts'] },
  ],
  [
    'duckdbSink',
    { rules: { ...DUCKDB_SINK_RULES }, files: ['packages/sinks/duckdb/src/duckdb-sink.options.ts'] },
  ],
  [
    's3Sink',
    {
      rules: { ...S3_SINK_RULES },
      files: ['packages/sinks/s3/src/s3-sink.options.ts', 'packages/core/src/connectors/client-tls.ts'],
    },
  ],
  ['sqliteSink', { rules: sqliteSinkOptions, files: ['packages/sinks/sqlite/src/sqlite-sink.options.ts'] }],
  ['fileWatch', { rules: fileWatchOptions, files: ['packages/receivers/files/src/file-watch.options.ts'] }],
  [
    'textFiles',
    {
      rules: ownOptions(textFilesOptions, fileWatchOptions),
      files: ['packages/receivers/files/src/text-files.options.ts'],
    },
  ],
  [
    'wholeFiles',
    {
      rules: ownOptions(wholeFilesOptions, fileWatchOptions),
      files: ['packages/receivers/files/src/whole-files.options.ts'],
    },
  ],
  [
    'kafkaPartition',
    {
      rules: { ...PARTITION_RULES, partitionCount: kafkaPartitionOptions.shape.partitionCount },
      files: ['packages/receivers/kafka/src/partition/partition-options.ts'],
    },
  ],
  [
    'kafkaGroup',
    {
      rules: {
        ...GROUP_RULES,
        maxInFlight: kafkaGroupOptions.shape.maxInFlight,
        maxBytesInFlight: kafkaGroupOptions.shape.maxBytesInFlight,
      },
      files: [
        'packages/receivers/kafka/src/group/group-options.ts',
        'packages/core/src/connectors/decoding-options.ts',
      ],
    },
  ],
  [
    'kafkaMessages',
    {
      rules: { ...MESSAGE_RULES },
      files: [
        'packages/receivers/kafka/src/decoding/message-options.ts',
        'packages/core/src/connectors/decoding-options.ts',
      ],
    },
  ],
  [
    'kafkaConnection',
    {
      rules: { ...KAFKA_CONNECTION_RULES },
      files: [
        'packages/connections/kafka/src/connection-options.ts',
        'packages/core/src/connectors/client-tls.ts',
      ],
    },
  ],
  [
    'redisStream',
    {
      rules: {
        ...REDIS_GROUP_RULES,
        maxInFlight: redisStreamOptions.shape.maxInFlight,
        maxBytesInFlight: redisStreamOptions.shape.maxBytesInFlight,
      },
      files: [
        'packages/receivers/redis/src/group/group-options.ts',
        'packages/core/src/connectors/decoding-options.ts',
      ],
    },
  ],
  [
    'redisStreamRange',
    { rules: { ...RANGE_RULES }, files: ['packages/receivers/redis/src/range/range-options.ts'] },
  ],
  [
    'redisEntries',
    {
      rules: { ...ENTRY_RULES },
      files: [
        'packages/receivers/redis/src/decoding/entry-options.ts',
        'packages/core/src/connectors/decoding-options.ts',
      ],
    },
  ],
  [
    'redisMessages',
    { rules: { ...MESSAGES_RULES }, files: ['packages/receivers/redis/src/messages/messages-options.ts'] },
  ],
  [
    'redisConnection',
    {
      rules: { ...REDIS_CONNECTION_RULES },
      files: [
        'packages/connections/redis/src/connection-options.ts',
        'packages/core/src/connectors/client-tls.ts',
      ],
    },
  ],
  [
    'jetstreamRecords',
    {
      rules: {
        ...RECORDS_RULES,
        maxInFlight: jetstreamRecordsOptions.shape.maxInFlight,
        maxBytesInFlight: jetstreamRecordsOptions.shape.maxBytesInFlight,
      },
      files: [
        'packages/receivers/nats/src/records/records-options.ts',
        'packages/core/src/connectors/decoding-options.ts',
      ],
    },
  ],
  [
    'jetstreamStream',
    { rules: { ...STREAM_RULES }, files: ['packages/receivers/nats/src/stream/stream-options.ts'] },
  ],
  [
    'natsSubject',
    { rules: { ...SUBJECT_RULES }, files: ['packages/receivers/nats/src/subject/subject-options.ts'] },
  ],
  [
    'natsMessages',
    { rules: { ...DECODING_RULES }, files: ['packages/core/src/connectors/decoding-options.ts'] },
  ],
  [
    'natsConnection',
    {
      rules: { ...NATS_CONNECTION_RULES },
      files: [...NATS_CONNECTION_FILES, 'packages/core/src/connectors/client-tls.ts'],
    },
  ],
  [
    'postgresChanges',
    { rules: { ...CHANGES_RULES }, files: ['packages/receivers/postgres/src/changes/changes-options.ts'] },
  ],
  [
    'postgresRows',
    { rules: { ...ROWS_RULES }, files: ['packages/receivers/postgres/src/rows/rows-options.ts'] },
  ],
  [
    'postgresNotifications',
    {
      rules: { ...NOTIFICATION_RULES, ...DECODING_RULES },
      files: [
        'packages/receivers/postgres/src/notifications/notifications-options.ts',
        'packages/core/src/connectors/decoding-options.ts',
      ],
    },
  ],
  [
    'postgresConnection',
    {
      rules: { ...POSTGRES_CONNECTION_RULES },
      files: [
        'packages/connections/postgres/src/connection-options.ts',
        'packages/core/src/connectors/client-tls.ts',
      ],
    },
  ],
  [
    'webSocketMessages',
    {
      rules: { ...WEBSOCKET_RULES, ...DECODING_RULES },
      files: [
        'packages/receivers/websocket/src/websocket.options.ts',
        'packages/core/src/connectors/client-tls.ts',
        'packages/core/src/connectors/decoding-options.ts',
      ],
    },
  ],
  ['replay', { rules: replayOptionsSchema, files: ['packages/receivers/replay/src/replay-options.ts'] }],
  [
    'socketConnection',
    { rules: socketConnectionOptions, files: ['packages/receivers/socket/src/socket-connection.options.ts'] },
  ],
  [
    'socketText',
    {
      rules: ownOptions(socketTextOptions, socketConnectionOptions),
      files: ['packages/receivers/socket/src/socket-text.options.ts'],
    },
  ],
  [
    'socketFrames',
    {
      rules: ownOptions(socketFramesOptions, socketConnectionOptions),
      files: ['packages/receivers/socket/src/socket-frames.options.ts'],
    },
  ],
]);

/** The options that only one of several plugins has: their shared options have a table of their own. */
function ownOptions(all: z.ZodObject, shared: z.ZodObject): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(Object.entries(all.shape).filter(([name]) => !(name in shared.shape))),
  );
}
