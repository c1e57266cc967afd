// The public names of @millrace/connection-redis.
export { clientSettings } from './client-settings.ts';
export type { RedisSettingsDeps } from './client-settings.ts';
export {
  addressOf,
  CONNECTION_RULES,
  CONNECTION_SECRETS,
  connectionMismatches,
  placeOf,
  secretsOf,
} from './connection-options.ts';
export type { RedisAddress, RedisConnectionInput, RedisConnectionOptions } from './connection-options.ts';
export { answerWord, failureMessage, isAnswer } from './redis-answer.ts';
export type { FailedRedisAction } from './redis-answer.ts';
