// The public names of @millrace/sink-kafka.
export { kafkaSink } from './kafka-sink.ts';
export { kafkaSinkOptions } from './kafka-sink.options.ts';
export type { KafkaSinkInput, KafkaSinkOptions, KafkaTargetOptions } from './kafka-sink.options.ts';
export type { KafkaSinkMessage } from './messages/kafka-sink-message.ts';
export type {
  KafkaSinkConnectionInput,
  KafkaSinkConnectionOptions,
} from './connection/connection-options.ts';
export { KAFKA_SINK_ERROR_CODES } from './kafka-sink-errors.ts';
