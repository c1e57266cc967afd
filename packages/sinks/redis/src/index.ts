// The public names of @millrace/sink-redis.
export { redisSink } from './redis-sink.ts';
export { redisSinkOptions } from './redis-sink.options.ts';
export type {
  RedisRowForm,
  RedisRowsOptions,
  RedisSinkInput,
  RedisSinkOptions,
} from './redis-sink.options.ts';
export type { RedisFields, RedisHashRow, RedisRow, RedisStringRow, RedisValue } from './rows/row-parts.ts';
export type { RedisConnectionInput, RedisConnectionOptions } from '@millrace/connection-redis';
export { REDIS_SINK_ERROR_CODES } from './redis-sink-errors.ts';
