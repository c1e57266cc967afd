// The kind of server that `redis.sh` starts, by the variable MILLRACE_REDIS: Redis, or `valkey`.

/** False for Valkey, whose wheel is built without TLS: tests over TLS do not run then. */
export const hasTls = process.env['MILLRACE_REDIS'] !== 'valkey';
