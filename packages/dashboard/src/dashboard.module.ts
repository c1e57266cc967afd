// The dashboard as a plugin of an engine.
import {
  Clock,
  definePlugin,
  Logger,
  type PluginFactory,
  pluginModule,
  ProcessRole,
  StreamingListener,
} from '@millrace/core';
import { EngineGauges } from '@millrace/core/observation';
import manifest from '@millrace/dashboard/package.json' with { type: 'json' };
import { DashboardListener, NoDashboard } from './dashboard-listener.ts';
import { type DashboardInput, dashboardOptions } from './dashboard.options.ts';

/**
 * A dashboard of the engine at `http://127.0.0.1:4040/`: `new StreamingContext({ plugins: [dashboard()], … })`. The address is
 * in the log and on the channel `LISTENING_CHANNEL`. The dashboard opens and closes with the engine; a dashboard that cannot
 * listen is reported and stops nothing. In a copy of the program that serves as an executor, nothing listens.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`, also for a host beyond loopback without a token.
 */
export const dashboard: PluginFactory<DashboardInput> = definePlugin({
  name: '@millrace/dashboard',
  version: manifest.version,
  contract: 1,
  provides: [StreamingListener],
  requires: [EngineGauges],
  optionsSchema: dashboardOptions,
  secrets: ['token'],
  module: (options) =>
    pluginModule((bind) => {
      bind(StreamingListener).toResolvedValue(
        (clock, log, role, gauges) =>
          role.executor === undefined
            ? new DashboardListener({ clock, log, gauges, options })
            : new NoDashboard(),
        [Clock, Logger, ProcessRole, EngineGauges],
      );
    }),
});
