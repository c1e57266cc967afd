// `mqttTopics`: topics at quality of service 1. The type argument is the program's own claim about the values, as with
// `JSON.parse`; the type is not checked.
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import {
  type MqttTopicsInput,
  mqttTopicsOptions,
  RECORDS_IN_FLIGHT_MAX,
} from './acknowledged/topics-options.ts';
import { TopicsReceiver } from './acknowledged/topics-receiver.ts';
import { CONNECTION_SECRETS, placeOf } from './connection/connection-options.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface MqttTopicsFactory extends ReceiverFactory<unknown, MqttTopicsInput> {
  <T = unknown>(options: MqttTopicsInput): ConfiguredReceiver<T>;
}

/**
 * A receiver of topics at quality of service 1. The broker keeps a session under the name `clientId`, and a message is
 * acknowledged once durable (REC-1): a message is never lost by the receiver, and may come again after a failure, so at least
 * once.
 *
 * ```ts
 * const readings = ssc.receiverStream(
 *   mqttTopics<Reading>({ host: 'localhost', topics: ['sensors/#'], clientId: 'billing-sensors' }),
 * );
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const mqttTopics = defineReceiver({
  name: 'mqtt-topics',
  contract: 1,
  capabilities: {
    ack: 'individual',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
    maxInFlight: RECORDS_IN_FLIGHT_MAX,
  },
  options: mqttTopicsOptions,
  secrets: CONNECTION_SECRETS,
  describe: (options) => `mqtt ${options.topics.join(', ')} at ${placeOf(options)}`,
  create: (options) => new TopicsReceiver(options),
}) as MqttTopicsFactory;
