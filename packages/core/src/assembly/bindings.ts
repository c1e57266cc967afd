// The one thing a plugin does with the container: it binds its ports. Through this function plugin authors need no
// container of their own installed, and a second copy of it can do no harm.
import type { Bind } from 'inversify';
import { ContainerModule } from './container.ts';
import { isThenable } from './is-thenable.ts';

/**
 * Makes the module of a plugin.
 *
 * Bind with `toResolvedValue` and list the tokens of the collaborators: the compiler then checks the wiring, and the
 * assembly knows the start order (ADR 0002). Every binding is a singleton of its engine.
 *
 * ```ts
 * module: (options) =>
 *   bindings((bind) => {
 *     bind(BlockStore).toResolvedValue((storage) => new SpillingBlockStore(storage, options), [Storage]);
 *   }),
 * ```
 *
 * @param define Called once per engine, with the function that binds. Does no I/O. Its answer is not used, so that
 *   `(bind) => bind(Clock).toConstantValue(clock)` will do; a promise is refused.
 */
export function bindings(define: (bind: Bind) => unknown): ContainerModule {
  return new ContainerModule(({ bind }): void | Promise<void> => {
    // A function without braces answers with what the last binding gave, which means nothing here. Only a promise does: the
    // assembly refuses a module that goes on later.
    const answer = define(bind);
    if (isThenable(answer)) return Promise.resolve(answer).then(() => undefined);
  });
}
