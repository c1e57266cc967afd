// The single use of the container by a plugin: binding ports. With this function plugin authors need no container of
// their own, and a second copy of the container can do no harm.
import type { Bind } from 'inversify';
import { ContainerModule } from './container.ts';
import { isThenable } from '../options/is-thenable.ts';

/**
 * Makes the module of a plugin.
 *
 * Bind with `toResolvedValue` and list the tokens of the collaborators: the compiler then checks the wiring, and the
 * assembly knows the start order (ADR 0002). Every binding is a singleton of its engine.
 *
 * ```ts
 * module: (options) =>
 *   pluginModule((bind) => {
 *     bind(BlockStore).toResolvedValue((storage) => new SpillingBlockStore(storage, options), [Storage]);
 *   }),
 * ```
 *
 * @param define Called once per engine, with the function that binds. Does no I/O. The result is ignored, so that
 *   `(bind) => bind(Clock).toConstantValue(clock)` is sufficient; a promise is refused.
 */
export function pluginModule(define: (bind: Bind) => unknown): ContainerModule {
  return new ContainerModule(({ bind }): void | Promise<void> => {
    // A function without braces returns the result of the last binding, which has no meaning here. Only a promise is
    // meaningful: the assembly refuses an asynchronous module.
    const answer = define(bind);
    if (isThenable(answer)) return Promise.resolve(answer).then(() => undefined);
  });
}
