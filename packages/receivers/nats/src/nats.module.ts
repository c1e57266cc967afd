// Registers the receivers of this package by name, for programs that select receivers by configuration.
import { definePlugin, noOptions, pluginModule, ReceiverFactory } from '@millrace/core';
import manifest from '@millrace/receiver-nats/package.json' with { type: 'json' };
import { jetstreamRecords } from './jetstream-records.ts';
import { jetstreamStream } from './jetstream-stream.ts';
import { natsSubject } from './nats-subject.ts';

/** The plugin that offers `jetstream-records`, `jetstream-stream` and `nats-subject`. */
export const natsReceivers = definePlugin({
  name: '@millrace/receiver-nats',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(jetstreamRecords);
      bind(ReceiverFactory).toConstantValue(jetstreamStream);
      bind(ReceiverFactory).toConstantValue(natsSubject);
    }),
});
