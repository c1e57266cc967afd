// The long form of making a context: assemble an engine first, inspect its components, then define a program on the
// engine.
import type { LogLevel, Plugin } from '@millrace/core';
import { type AssembledPorts, logLevelRule, type OptionTable, resolveOptions } from '@millrace/core/engine';
import { contextError } from '../driver/context-errors.ts';
import type { StreamingContextOptions } from './context-options.ts';
import { assembleDefaultEngine } from './default-engine.ts';
import { StreamingContext } from './streaming-context.ts';

/** An assembled engine: ports that are wired and not yet opened. */
export interface Engine extends Pick<AssembledPorts, 'ports' | 'bindings' | 'describe'> {
  /**
   * Makes the context of this engine. The context opens the ports at its start and closes them at its stop, so an
   * engine has one context.
   *
   * @throws `MR_CONTEXT_ENGINE_IN_USE` on a second call, `MR_CONFIG_INVALID_OPTION`.
   */
  streamingContext(options: StreamingContextOptions): StreamingContext;
}

/** Options of an assembly. */
interface EngineOptions {
  /** As in `StandaloneContextOptions`. */
  readonly logLevel?: LogLevel;
}

const RULES: OptionTable<EngineOptions> = { logLevel: logLevelRule };

/**
 * Assembles an engine of plugins. An engine without plugins works as well: system clock, blocks in memory,
 * load-balanced scheduling, one executor in this process, no checkpoints.
 *
 * ```ts
 * const engine = assembleEngine([roundRobinScheduling()]);
 * console.log(engine.describe());
 * const ssc = engine.streamingContext({ appName: 'delays', batchIntervalMs: 1_000 });
 * ```
 *
 * @throws `MR_BOOT_…` for every mistake in the plugins, before anything is started; `MR_CONFIG_INVALID_OPTION`.
 */
export function assembleEngine(plugins: readonly Plugin[] = [], options: EngineOptions = {}): Engine {
  const { logLevel } = resolveOptions({ owner: 'assembleEngine', table: RULES, given: options });
  const assembled = assembleDefaultEngine(plugins, logLevel);
  let isInUse = false;
  return {
    ports: assembled.ports,
    bindings: assembled.bindings,
    describe: () => assembled.describe(),
    streamingContext: (options) => {
      if (isInUse) {
        throw contextError(
          'MR_CONTEXT_ENGINE_IN_USE',
          'this engine has a context already; assemble another engine',
        );
      }
      const context = new StreamingContext(options, assembled);
      isInUse = true;
      return context;
    },
  };
}
