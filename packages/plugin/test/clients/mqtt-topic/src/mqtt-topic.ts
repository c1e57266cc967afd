// The function that applications call. The engine makes a receiver, with connections of its own, for every start.
import { defineReceiver, type Receiver } from '@millrace/core';
import { AcknowledgingReceiver } from './acknowledging-receiver.ts';
import { openSource, type MqttTopicRecord } from './read-source.ts';
import { MAX_IN_FLIGHT, mqttTopicOptions } from './mqtt-topic.options.ts';

/**
 * A receiver of the messages of an MQTT broker. A message is acknowledged once durable.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const mqttTopic = defineReceiver({
  name: 'mqtt-topic',
  contract: 1,
  capabilities: {
    ack: 'individual',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
    maxInFlight: MAX_IN_FLIGHT,
  },
  options: mqttTopicOptions,
  secrets: ['password'],
  describe: ({ url, topic }) => `mqtt-topic ${url} ${topic}`,
  create: (options): Receiver<MqttTopicRecord> =>
    new AcknowledgingReceiver((context) => openSource(options, context)),
});
