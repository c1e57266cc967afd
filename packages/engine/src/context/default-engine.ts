// The engine's own defaults: what it adds to those of the core when no plugin says otherwise.
import { pluginModule, definePlugin, ExecutorBackend, type OptionsSchema, type Plugin } from '@millrace/core';
import { assemblePorts, type AssembledPorts } from '@millrace/core/engine';
import { ENGINE_VERSION } from '../engine-version.ts';
import {
  InProcessExecutorBackend,
  type InProcessExecutorOptions,
} from '../executor/in-process-executor-backend.ts';

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
 * Executors inside the driver's process; what an engine has by default, with one executor. Give it as a plugin to have
 * more: they share the thread, which is of use for trying out where receivers are placed.
 */
export const inProcessExecutors = definePlugin({
  name: '@millrace/engine/in-process-executors',
  version: ENGINE_VERSION,
  contract: 1,
  provides: [ExecutorBackend],
  optionsSchema,
  module: (options) =>
    pluginModule((bind) => {
      bind(ExecutorBackend).toResolvedValue(() => new InProcessExecutorBackend(options), []);
    }),
});

/** Assembles the ports of one engine: the given plugins over the engine's defaults over the core's. */
export function assembleDefaultEngine(plugins: readonly Plugin[]): AssembledPorts {
  return assemblePorts(plugins, { defaults: [inProcessExecutors()] });
}
