// Registers the receivers of this package by name, for programs that select receivers by configuration.
import { pluginModule, definePlugin, noOptions, ReceiverFactory } from '@millrace/core';
import manifest from '@millrace/receiver-postgres/package.json' with { type: 'json' };
import { postgresChanges } from './postgres-changes.ts';
import { postgresNotifications } from './postgres-notifications.ts';
import { postgresRows } from './postgres-rows.ts';

/** The plugin that offers `postgres-changes`, `postgres-rows` and `postgres-notifications`. */
export const postgresReceivers = definePlugin({
  name: '@millrace/receiver-postgres',
  version: manifest.version,
  contract: 1,
  provides: [ReceiverFactory],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(ReceiverFactory).toConstantValue(postgresChanges);
      bind(ReceiverFactory).toConstantValue(postgresRows);
      bind(ReceiverFactory).toConstantValue(postgresNotifications);
    }),
});
