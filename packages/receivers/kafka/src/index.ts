// The public names of @millrace/receiver-kafka.
export { kafkaGroup } from './kafka-group.ts';
export type { KafkaGroupFactory } from './kafka-group.ts';
export { kafkaGroupOptions } from './group/group-options.ts';
export type { KafkaGroupInput, KafkaGroupOptions } from './group/group-options.ts';
export { kafkaPartition } from './kafka-partition.ts';
export type { KafkaPartitionFactory } from './kafka-partition.ts';
export { kafkaTopic, kafkaTopicOptions } from './kafka-topic.ts';
export type { KafkaTopicInput, KafkaTopicOptions } from './kafka-topic.ts';
export { kafkaPartitionOptions } from './partition/partition-options.ts';
export type { KafkaPartitionInput, KafkaPartitionOptions } from './partition/partition-options.ts';
export type { KafkaStart } from './connection/topic-rules.ts';
export type { KafkaPosition, KafkaRun } from './partition/kafka-position.ts';
export type { KafkaMessage } from './decoding/message-decoder.ts';
export type { KafkaConnectionInput, KafkaConnectionOptions } from '@millrace/connection-kafka';
export { kafkaReceivers } from './kafka.module.ts';
export { KAFKA_ERROR_CODES } from './kafka-errors.ts';
