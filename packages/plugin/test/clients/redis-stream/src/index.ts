// The public names of this package.
export { redisStream } from './redis-stream.ts';
export { redisStreamOptions } from './redis-stream.options.ts';
export type { RedisStreamOptions } from './redis-stream.options.ts';
export type { RedisStreamRecord } from './read-source.ts';
