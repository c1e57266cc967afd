// The options: one schema is the source of the types and the defaults.
import { z } from 'zod';

/** The largest window; `maxInFlight` of the capabilities. */
export const MAX_IN_FLIGHT = 10_000;

/** Describes the options of `redisStream`. */
export const redisStreamOptions = z.strictObject({
  /** Host name or address of Redis. */
  host: z.string().min(1).default('127.0.0.1'),
  /** TCP port. */
  port: z.int().min(1).max(65_535).default(6_379),
  /** The password. Secret. Default: no password. */
  password: z.string().min(1).optional(),
  /** Key of the stream. */
  stream: z.string().min(1),
  /** The consumer group; made when missing. */
  group: z.string().min(1),
  /** The name of this consumer in its group, the same in every life. */
  consumer: z.string().min(1).default('millrace'),
  /** The most unacknowledged entries in flight. */
  window: z.int().min(1).max(MAX_IN_FLIGHT).default(1_000),
});

/** The options with every default filled in. */
export type RedisStreamOptions = z.output<typeof redisStreamOptions>;
