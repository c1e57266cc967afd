// The public names of @millrace/receiver-mqtt.
export { mqttTopics } from './mqtt-topics.ts';
export type { MqttTopicsFactory } from './mqtt-topics.ts';
export { mqttTopicsOptions } from './acknowledged/topics-options.ts';
export type { MqttTopicsInput, MqttTopicsOptions } from './acknowledged/topics-options.ts';
export { mqttAtMostOnce } from './mqtt-at-most-once.ts';
export type { MqttAtMostOnceFactory } from './mqtt-at-most-once.ts';
export { mqttAtMostOnceOptions } from './at-most-once/at-most-once-options.ts';
export type { MqttAtMostOnceInput, MqttAtMostOnceOptions } from './at-most-once/at-most-once-options.ts';
export type { MqttMessage } from './decoding/message-decoder.ts';
export type { MqttConnectionInput, MqttConnectionOptions } from './connection/connection-options.ts';
export { mqttReceivers } from './mqtt.module.ts';
export { MQTT_ERROR_CODES } from './mqtt-errors.ts';
