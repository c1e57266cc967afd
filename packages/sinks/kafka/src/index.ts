// The public names of @millrace/sink-kafka.
export { kafkaSink } from './kafka-sink.ts';
export { kafkaSinkOptions } from './kafka-sink.options.ts';
export type { KafkaSinkInput, KafkaSinkOptions, KafkaTargetOptions } from './kafka-sink.options.ts';
export type { KafkaSinkMessage } from './messages/kafka-sink-message.ts';
export type { KafkaConnectionInput, KafkaConnectionOptions } from '@millrace/connection-kafka';
export { KAFKA_SINK_ERROR_CODES } from './kafka-sink-errors.ts';
