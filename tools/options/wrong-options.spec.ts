// The options of every package, with values that are difficult to inspect: each value is accepted, or refused with one
// coded error that names the place. A value that throws during the validation is refused as well, and never causes a
// bare TypeError.
import {
  fromAsyncIterable,
  fromEventEmitter,
  fromNodeStream,
  fromWebStream,
  isMillraceError,
  type MillraceError,
} from '@millrace/core';
import { dashboard } from '@millrace/dashboard';
import { StreamingContext } from '@millrace/engine';
import { textFiles, textFilesOptions, wholeFiles, wholeFilesOptions } from '@millrace/receiver-files';
import { amqpSink, amqpSinkOptions } from '@millrace/sink-amqp';
import { amqpQueue, amqpQueueOptions } from '@millrace/receiver-amqp';
import {
  mqttAtMostOnce,
  mqttAtMostOnceOptions,
  mqttTopics,
  mqttTopicsOptions,
} from '@millrace/receiver-mqtt';
import { httpRecords, httpRecordsOptions, httpText, httpTextOptions } from '@millrace/receiver-http';
import {
  kafkaGroup,
  kafkaGroupOptions,
  kafkaPartition,
  kafkaPartitionOptions,
  kafkaTopic,
  kafkaTopicOptions,
} from '@millrace/receiver-kafka';
import {
  redisMessages,
  redisMessagesOptions,
  redisStream,
  redisStreamOptions,
  redisStreamRange,
  redisStreamRangeOptions,
} from '@millrace/receiver-redis';
import {
  jetstreamRecords,
  jetstreamRecordsOptions,
  jetstreamStream,
  jetstreamStreamOptions,
  natsSubject,
  natsSubjectOptions,
} from '@millrace/receiver-nats';
import {
  postgresChanges,
  postgresChangesOptions,
  postgresNotifications,
  postgresNotificationsOptions,
  postgresRows,
  postgresRowsOptions,
} from '@millrace/receiver-postgres';
import { replay, replayOptionsSchema } from '@millrace/receiver-replay';
import { socketFrames, socketFramesOptions, socketText, socketTextOptions } from '@millrace/receiver-socket';
import { webSocketMessages, webSocketOptions } from '@millrace/receiver-websocket';
import { fixedRateEstimation, localityScheduling, pidRateEstimation } from '@millrace/scheduling';
import { clickhouseSink, clickhouseSinkOptions } from '@millrace/sink-clickhouse';
import { filesSink, filesSinkOptions, parquetFormat, parquetFormatOptions } from '@millrace/sink-files';
import { httpSink, httpSinkOptions } from '@millrace/sink-http';
import { duckdbSink, duckdbSinkOptions } from '@millrace/sink-duckdb';
import { kafkaSink, kafkaSinkOptions } from '@millrace/sink-kafka';
import { natsSink, natsSinkOptions } from '@millrace/sink-nats';
import { postgresSink, postgresSinkOptions } from '@millrace/sink-postgres';
import { redisSink, redisSinkOptions } from '@millrace/sink-redis';
import { s3Sink, s3SinkOptions } from '@millrace/sink-s3';
import { sqliteSink, sqliteSinkOptions } from '@millrace/sink-sqlite';
import {
  natsBlocks,
  natsBlocksOptions,
  natsHosts,
  natsHostsOptions,
  natsLog,
  natsLogOptions,
} from '@millrace/nats';
import { threads, threadsOptionsSchema } from '@millrace/threads';
import { fileWriteAheadLog, fileWriteAheadLogOptionsSchema } from '@millrace/wal';
import { describe, expect, it } from 'vitest';
import { dashboardOptions } from '../../packages/dashboard/src/dashboard.options.ts';
import { fieldsOfSchema } from '../../packages/core/src/options/fields-of-schema.ts';

type Configure = (options: never) => unknown;

const nothing = (): never => {
  throw new Error('never called');
};
const adapter = ['name', 'onError', 'bounded', 'touches', 'preferredHost'];
const context = [
  'appName',
  'batchIntervalMs',
  'plugins',
  'receiving',
  'batches',
  'tasks',
  'checkpointDirectory',
];

/** Name, function, names of the options, valid options. */
const configurable: readonly (readonly [string, Configure, readonly string[], object])[] = [
  ['natsBlocks', natsBlocks, fieldsOfSchema(natsBlocksOptions), { servers: 'a', app: 'a' }],
  ['natsHosts', natsHosts, fieldsOfSchema(natsHostsOptions), { servers: 'a' }],
  ['natsLog', natsLog, fieldsOfSchema(natsLogOptions), { servers: 'a', app: 'a' }],
  ['threads', threads, fieldsOfSchema(threadsOptionsSchema), {}],
  [
    'fileWriteAheadLog',
    fileWriteAheadLog,
    fieldsOfSchema(fileWriteAheadLogOptionsSchema),
    { directory: 'd' },
  ],
  ['dashboard', dashboard, fieldsOfSchema(dashboardOptions), {}],
  ['amqpSink', amqpSink, fieldsOfSchema(amqpSinkOptions), { host: 'h', routingKey: 'q' }],
  ['amqpQueue', amqpQueue, fieldsOfSchema(amqpQueueOptions), { host: 'h', queue: 'q' }],
  ['mqttTopics', mqttTopics, fieldsOfSchema(mqttTopicsOptions), { host: 'h', topics: ['t'], clientId: 'c' }],
  ['mqttAtMostOnce', mqttAtMostOnce, fieldsOfSchema(mqttAtMostOnceOptions), { host: 'h', topics: ['t'] }],
  ['httpRecords', httpRecords, fieldsOfSchema(httpRecordsOptions), { port: 0 }],
  ['httpText', httpText, fieldsOfSchema(httpTextOptions), { port: 0 }],
  ['socketText', socketText, fieldsOfSchema(socketTextOptions), { host: 'h', port: 1 }],
  ['socketFrames', socketFrames, fieldsOfSchema(socketFramesOptions), { host: 'h', port: 1 }],
  [
    'kafkaPartition',
    kafkaPartition,
    fieldsOfSchema(kafkaPartitionOptions),
    { host: 'h', topic: 't', partition: 0 },
  ],
  ['kafkaGroup', kafkaGroup, fieldsOfSchema(kafkaGroupOptions), { host: 'h', group: 'g', topics: ['t'] }],
  ['kafkaTopic', kafkaTopic, fieldsOfSchema(kafkaTopicOptions), { host: 'h', topic: 't', partitions: 2 }],
  [
    'redisStream',
    redisStream,
    fieldsOfSchema(redisStreamOptions),
    { host: 'h', stream: 's', group: 'g', consumer: 'c' },
  ],
  ['redisStreamRange', redisStreamRange, fieldsOfSchema(redisStreamRangeOptions), { host: 'h', stream: 's' }],
  ['redisMessages', redisMessages, fieldsOfSchema(redisMessagesOptions), { host: 'h', channels: ['c'] }],
  [
    'jetstreamRecords',
    jetstreamRecords,
    fieldsOfSchema(jetstreamRecordsOptions),
    { host: 'h', stream: 's', consumer: 'c' },
  ],
  ['jetstreamStream', jetstreamStream, fieldsOfSchema(jetstreamStreamOptions), { host: 'h', stream: 's' }],
  ['natsSubject', natsSubject, fieldsOfSchema(natsSubjectOptions), { host: 'h', subjects: ['s'] }],
  [
    'postgresChanges',
    postgresChanges,
    fieldsOfSchema(postgresChangesOptions),
    { host: 'h', slot: 's', publication: 'p' },
  ],
  [
    'postgresRows',
    postgresRows,
    fieldsOfSchema(postgresRowsOptions),
    { host: 'h', table: 't', key: 'id', transaction: 'txid' },
  ],
  [
    'postgresNotifications',
    postgresNotifications,
    fieldsOfSchema(postgresNotificationsOptions),
    { host: 'h', channels: ['c'] },
  ],
  ['webSocketMessages', webSocketMessages, fieldsOfSchema(webSocketOptions), { url: 'wss://h' }],
  ['textFiles', textFiles, fieldsOfSchema(textFilesOptions), { directory: 'd' }],
  ['wholeFiles', wholeFiles, fieldsOfSchema(wholeFilesOptions), { directory: 'd' }],
  ['replay', replay, fieldsOfSchema(replayOptionsSchema), { file: 'f.ndjson' }],
  [
    'clickhouseSink',
    clickhouseSink,
    fieldsOfSchema(clickhouseSinkOptions),
    { host: 'h', table: 't', columns: ['a'] },
  ],
  ['filesSink', filesSink, fieldsOfSchema(filesSinkOptions), { directory: 'd' }],
  ['parquetFormat', parquetFormat, fieldsOfSchema(parquetFormatOptions), { columns: ['a'] }],
  ['httpSink', httpSink, fieldsOfSchema(httpSinkOptions), { url: 'http://h' }],
  ['kafkaSink', kafkaSink, fieldsOfSchema(kafkaSinkOptions), { host: 'h', topic: 't' }],
  ['natsSink', natsSink, fieldsOfSchema(natsSinkOptions), { host: 'h', stream: 's', subject: 'a' }],
  [
    'postgresSink',
    postgresSink,
    fieldsOfSchema(postgresSinkOptions),
    { host: 'h', table: 't', columns: ['a'] },
  ],
  ['redisSink', redisSink, fieldsOfSchema(redisSinkOptions), { host: 'h', as: 'stream', key: 'k' }],
  ['duckdbSink', duckdbSink, fieldsOfSchema(duckdbSinkOptions), { file: 'f', table: 't', columns: ['a'] }],
  ['s3Sink', s3Sink, fieldsOfSchema(s3SinkOptions), { bucket: 'shop' }],
  ['sqliteSink', sqliteSink, fieldsOfSchema(sqliteSinkOptions), { file: 'f', table: 't', columns: ['a'] }],
  ['fixedRateEstimation', fixedRateEstimation, ['recordsPerSecond'], { recordsPerSecond: 1 }],
  ['pidRateEstimation', pidRateEstimation, ['proportional', 'minRate'], {}],
  ['localityScheduling', localityScheduling, ['anything'], {}],
  ['fromAsyncIterable', (options) => fromAsyncIterable(nothing, options), adapter, {}],
  ['fromNodeStream', (options) => fromNodeStream(nothing, options), adapter, {}],
  ['fromWebStream', (options) => fromWebStream(nothing, options), adapter, {}],
  [
    'fromEventEmitter',
    (options) => fromEventEmitter(nothing, options),
    [...adapter, 'event', 'toRecord', 'endEvent', 'errorEvent', 'maxBuffered', 'close'],
    { event: 'message' },
  ],
  [
    'StreamingContext',
    (options) => new StreamingContext(options),
    context,
    { appName: 'a', batchIntervalMs: 100 },
  ],
];

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function throwing(target: object): unknown {
  const boom = (): never => {
    throw new Error('boom');
  };
  return new Proxy(target, { get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom });
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = { value };
  return value;
}

class Throwing {
  get anything(): never {
    throw new Error('boom');
  }
}

/** Values that are valid for no option. */
const wrong: readonly (readonly [string, unknown])[] = [
  ['a revoked proxy', revoked({})],
  ['a revoked proxy of a list', revoked([])],
  ['a proxy that throws', throwing({})],
  ['a list that holds a revoked proxy', [revoked({})]],
  ['an object that holds a revoked proxy', { value: revoked({}) }],
  ['a symbol', Symbol('name')],
  ['a bigint', 10n],
  ['NaN', Number.NaN],
  ['minus infinity', -Infinity],
  ['a map', new Map([['a', 1]])],
  ['a promise', Promise.resolve({})],
  ['a date', new Date(Number.NaN)],
  ['a boxed text', new String('text')],
  ['bytes', Buffer.from('text')],
  ['an object of 20,000 levels', nested(20_000)],
];

/** Values that are valid for some option, or that throw only when read. */
const hard: readonly (readonly [string, unknown])[] = [
  ['a revoked proxy of a function', revoked(() => 1)],
  ['a list that throws', throwing([1, 2])],
  ['an object with a getter that throws', Object.defineProperty({}, 'a', { enumerable: true, get: nothing })],
  ['an instance with a getter that throws', new Throwing()],
  ['an object without a prototype', Object.create(null)],
  ['a frozen list', Object.freeze([1])],
  ['a list with holes', Array.from({ length: 3 })],
  ['an object that has a __proto__ of its own', JSON.parse('{"__proto__":{"a":1}}')],
  ['half a surrogate pair', '\uD800'],
  ['a NUL character', 'a\0b'],
  ['control characters', '\u001B[31m\nforged'],
  ['a text of 100,000 characters', 'x'.repeat(100_000)],
];

function outcome(configure: () => unknown): MillraceError | undefined {
  try {
    configure();
    return undefined;
  } catch (error) {
    const isCoded =
      isMillraceError(error, 'MR_CONFIG_INVALID_OPTION') ||
      (isMillraceError(error) && error.code.startsWith('MR_BOOT_'));
    if (isCoded) return error;
    throw error;
  }
}

describe.each(configurable)('the options of %s', (_, configure, names, right) => {
  it.each(wrong.filter(([what]) => what !== 'an object of 20,000 levels'))('refuse %s', (_what, value) => {
    const error = outcome(() => configure(value as never));
    expect(error?.details).toMatchObject({ expected: expect.any(String), value: expect.any(String) });
  });

  it.each(wrong)('name the place of %s', (_what, value) => {
    for (const name of names) {
      if (name === 'anything') continue;
      const error = outcome(() => configure({ ...right, [name]: value } as never));
      const { path = name } = (error?.details ?? {}) as { readonly path?: string };
      expect({ name, error: error?.code, isPlaced: path.startsWith(name) }).toEqual({
        name,
        error: expect.stringMatching(/^MR_/),
        isPlaced: true,
      });
    }
  });

  it.each(hard)('are refused with one short error, or accepted, when one is %s', (_what, value) => {
    for (const name of names) {
      const error = outcome(() => configure({ ...right, [name]: value } as never));
      expect((error?.message ?? '').length).toBeLessThan(4_000);
      expect(error?.message ?? '').not.toContain('\u001B');
    }
  });

  it.each(names.filter((name) => name !== 'anything'))('name %s when its getter throws', (name) => {
    const options = Object.defineProperty({ ...right }, name, { enumerable: true, get: nothing });
    expect(outcome(() => configure(options as never))?.details).toMatchObject({
      path: name,
      hint: expect.any(String),
    });
  });
});

it.each([
  ['threads', () => threads({ executor: 2 } as never), 'executor', 'did you mean executors?'],
  [
    'limits of threads',
    () => threads({ resourceLimits: { maxOldGenerationMb: 1 } } as never),
    'resourceLimits.maxOldGenerationMb',
    'did you mean maxOldGenerationSizeMb?',
  ],
  ['httpText', () => httpText({ prt: 1, port: 1 } as never), 'prt', 'did you mean port?'],
  [
    'tls of socketText',
    () => socketText({ port: 1, tls: new Map([['caFile', 'ca.pem']]) } as never),
    'tls',
    'give a plain object: { name: value }',
  ],
])('report an option unknown to %s at its place, with a hint', (_, configure, path, hint) => {
  expect(outcome(configure)?.details).toMatchObject({ path, hint });
});
