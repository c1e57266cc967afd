// The engine's own defaults, on top of the defaults of the core, for ports without a plugin.
import {
  pluginModule,
  definePlugin,
  ExecutorBackend,
  Logger,
  type LogLevel,
  noOptions,
  type OptionsSchema,
  PinoLogger,
  type Plugin,
  ProcessRole,
  provide,
} from '@millrace/core';
import {
  assemblePorts,
  type AssembledPorts,
  describeValue,
  environmentLogLevel,
  optionError,
  portName,
} from '@millrace/core/engine';
import { EngineGauges } from '@millrace/core/observation';
import manifest from '@millrace/engine/package.json' with { type: 'json' };
import {
  InProcessExecutorBackend,
  type InProcessExecutorOptions,
} from '../executor/in-process-executor-backend.ts';
import { ContextGauges } from '../gauges/context-gauges.ts';

/** Checked by hand: two numbers are not worth a schema library in the engine. */
const optionsSchema: OptionsSchema<InProcessExecutorOptions, InProcessExecutorOptions> = {
  '~standard': {
    version: 1,
    vendor: 'millrace',
    validate: (value) => {
      const options = (value ?? {}) as Record<string, unknown>;
      const issues = Object.entries(options).flatMap(([name, count]) => {
        if (name !== 'executors' && name !== 'cores') return [{ message: 'is not an option', path: [name] }];
        if (count === undefined || (Number.isSafeInteger(count) && Number(count) >= 1)) return [];
        return [{ message: 'expected a whole number, at least 1', path: [name] }];
      });
      return issues.length > 0 ? { issues } : { value: options };
    },
  },
};

/**
 * Executors inside the driver's process; the default of an engine, with one executor. Install the plugin for more
 * executors: they share the thread, which is useful for trying out the placement of receivers.
 */
export const inProcessExecutors = definePlugin({
  name: '@millrace/engine/in-process-executors',
  version: manifest.version,
  contract: 1,
  provides: [ExecutorBackend],
  optionsSchema,
  module: (options) =>
    pluginModule((bind) => {
      bind(ExecutorBackend).toResolvedValue(() => new InProcessExecutorBackend(options), []);
    }),
});

/** The gauges of the engine, which the context connects itself to. */
const engineGauges = definePlugin({
  name: '@millrace/engine/gauges',
  version: manifest.version,
  contract: 1,
  provides: [EngineGauges],
  optionsSchema: noOptions,
  module: () =>
    pluginModule((bind) => {
      bind(EngineGauges).toResolvedValue(() => new ContextGauges(), []);
    }),
});

/**
 * Assembles the ports of one engine: the given plugins take precedence over the engine's defaults, and these over
 * the defaults of the core.
 *
 * @param logLevel The level of the engine's own logger, unless the environment names one; undefined: no wish.
 */
export function assembleDefaultEngine(plugins: readonly Plugin[], logLevel?: LogLevel): AssembledPorts {
  const defaults = [inProcessExecutors(), engineGauges()];
  if (logLevel === undefined) return assemblePorts(plugins, { defaults });
  const log = provide(Logger, new PinoLogger({ level: environmentLogLevel() ?? logLevel }));
  const assembled = assemblePorts(plugins, { defaults: [...defaults, log] });
  const bound = assembled.bindings.find(({ port }) => port === portName(Logger));
  // An executor sends its lines to the driver, whose logger has the level.
  const isExecutor = assembled.ports.get(ProcessRole).executor !== undefined;
  if (isExecutor || bound?.isDefault !== false) return assembled;
  throw optionError('StreamingContext', [
    {
      path: 'logLevel',
      expected: `expected no logLevel beside plugin ${bound.plugin}, which provides the logger`,
      got: describeValue(logLevel),
      hint: 'give the level to that logger',
    },
  ]);
}
