// Registers the receivers of this package by name, for programs that select receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import manifest from '@millrace/receiver-mqtt/package.json' with { type: 'json' };
import { mqttAtMostOnce } from './mqtt-at-most-once.ts';
import { mqttTopics } from './mqtt-topics.ts';

/** The plugin that offers `mqttTopics` as `mqtt-topics` and `mqttAtMostOnce` as `mqtt-at-most-once`. */
export const mqttReceivers = definePlugin({
  name: '@millrace/receiver-mqtt',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(mqttTopics);
      bind(ReceiverFactory).toConstantValue(mqttAtMostOnce);
    }),
});
