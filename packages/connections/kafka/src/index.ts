// The public names of @millrace/connection-kafka.
export { clientSettings } from './client-settings.ts';
export { closeClient, guardErrors } from './close-client.ts';
export type { ClosableClient } from './close-client.ts';
export {
  bootstrapBrokers,
  CONNECTION_RULES,
  CONNECTION_SECRETS,
  connectionMismatches,
} from './connection-options.ts';
export type { KafkaConnectionInput, KafkaConnectionOptions } from './connection-options.ts';
export {
  DENIALS,
  failureMessage,
  isKafkaAnswer,
  isNetworkFailure,
  isUnknownTopic,
  kafkaAnswers,
} from './kafka-answers.ts';
export type { FailedKafkaAction } from './kafka-answers.ts';
export { awaitTopic, cleanupPolicy, createTopic, findTopic, isTopic, TOPIC_EXPECTED } from './topics.ts';
export type { KafkaTopicDeps, KafkaTopicFacts, NewKafkaTopic } from './topics.ts';
export { whileElecting } from './while-electing.ts';
