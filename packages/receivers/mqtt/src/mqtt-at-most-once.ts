// `mqttAtMostOnce`: topics at quality of service 0. The type argument is the program's own claim about the values, as with
// `JSON.parse`; the type is not checked.
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { type MqttAtMostOnceInput, mqttAtMostOnceOptions } from './at-most-once/at-most-once-options.ts';
import { AtMostOnceReceiver } from './at-most-once/at-most-once-receiver.ts';
import { CONNECTION_SECRETS, placeOf } from './connection/connection-options.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface MqttAtMostOnceFactory extends ReceiverFactory<unknown, MqttAtMostOnceInput> {
  <T = unknown>(options: MqttAtMostOnceInput): ConfiguredReceiver<T>;
}

/**
 * A receiver of topics at quality of service 0: messages that are sent while the receiver is away are lost, and so are
 * messages that arrive faster than the engine stores, once `maxBytesHeld` is reached. Every dropped message is counted and
 * reported.
 *
 * ```ts
 * const prices = ssc.receiverStream(mqttAtMostOnce<Price>({ host: 'localhost', topics: ['prices/+'] }));
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const mqttAtMostOnce = defineReceiver({
  name: 'mqtt-at-most-once',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: false,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: mqttAtMostOnceOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options) => `mqtt (QoS 0) ${options.topics.join(', ')} at ${placeOf(options)}`,
  create: (options) => new AtMostOnceReceiver(options),
}) as MqttAtMostOnceFactory;
