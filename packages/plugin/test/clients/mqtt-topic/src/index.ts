// The public names of this package.
export { mqttTopic } from './mqtt-topic.ts';
export { mqttTopicOptions } from './mqtt-topic.options.ts';
export type { MqttTopicOptions } from './mqtt-topic.options.ts';
export type { MqttTopicRecord } from './read-source.ts';
