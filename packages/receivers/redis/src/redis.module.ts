// Registers the receivers of this package by name, for programs that select receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import manifest from '@millrace/receiver-redis/package.json' with { type: 'json' };
import { redisMessages } from './redis-messages.ts';
import { redisStream } from './redis-stream.ts';
import { redisStreamRange } from './redis-stream-range.ts';

/** The plugin that offers `redisStream` as `redis-stream`, `redisStreamRange` as `redis-stream-range`, `redisMessages` as `redis-messages`. */
export const redisReceivers = definePlugin({
  name: '@millrace/receiver-redis',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(redisStream);
      bind(ReceiverFactory).toConstantValue(redisStreamRange);
      bind(ReceiverFactory).toConstantValue(redisMessages);
    }),
});
