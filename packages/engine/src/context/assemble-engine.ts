// The long form of making a context: assemble an engine first, look at what it is made of, then define a program on it.
import type { Plugin } from '@millrace/core';
import type { AssembledPorts } from '@millrace/core/engine';
import { contextError } from '../driver/context-errors.ts';
import type { StreamingContextOptions } from './context-options.ts';
import { assembleDefaultEngine } from './default-engine.ts';
import { StreamingContext } from './streaming-context.ts';

/** An assembled engine: ports that are wired and not yet opened. */
export interface Engine extends Pick<AssembledPorts, 'ports' | 'bindings' | 'describe'> {
  /**
   * Makes the context of this engine. The context opens the ports when it starts and closes them when it stops, so an
   * engine has one context.
   *
   * @throws `MR_CONTEXT_ENGINE_IN_USE` when called again, `MR_CONFIG_INVALID_OPTION`.
   */
  streamingContext(options: StreamingContextOptions): StreamingContext;
}

/**
 * Assembles an engine of plugins. With none it works all the same: system clock, blocks in memory, load-balanced
 * scheduling, one executor in this process, no checkpoints.
 *
 * ```ts
 * const engine = assembleEngine([roundRobinScheduling()]);
 * console.log(engine.describe());
 * const ssc = engine.streamingContext({ appName: 'delays', batchIntervalMs: 1_000 });
 * ```
 *
 * @throws `MR_BOOT_…` for everything that is wrong with the plugins, before anything is started.
 */
export function assembleEngine(plugins: readonly Plugin[] = []): Engine {
  const assembled = assembleDefaultEngine(plugins);
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
