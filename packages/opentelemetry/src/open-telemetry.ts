// OpenTelemetry as a plugin: a listener that is opened and closed with its engine.
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
import manifest from '@millrace/opentelemetry/package.json' with { type: 'json' };
import { type OpenTelemetryInput, openTelemetryOptions } from './open-telemetry.options.ts';
import { TelemetryListener } from './telemetry-listener.ts';

/**
 * Metrics and spans of an engine for OpenTelemetry: `new StreamingContext({ plugins: [openTelemetry()], … })`. The plugin
 * writes to the providers that the program has registered with `@opentelemetry/api` before the start of the context, and costs
 * next to nothing without an SDK.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export const openTelemetry: PluginFactory<OpenTelemetryInput> = definePlugin({
  name: '@millrace/opentelemetry',
  version: manifest.version,
  contract: 1,
  provides: [StreamingListener],
  optionsSchema: openTelemetryOptions,
  module: (options) =>
    pluginModule((bind) => {
      bind(StreamingListener).toResolvedValue(
        (clock, log, role, gauges) => new TelemetryListener({ clock, log, role, gauges, options }),
        [Clock, Logger, ProcessRole, EngineGauges],
      );
    }),
});
