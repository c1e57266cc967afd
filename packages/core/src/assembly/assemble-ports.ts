// From a list of plugins to the ports of one engine:
//
//   check each ─► select providers ─► let modules bind ─► order ─► make everything once ─► open … close
//
// All problems are found before anything is made, and nothing is opened here. Only this folder and `*.module.ts` files
// use the container; no state exists outside the returned engine, so that any number of engines may live in one
// process.
import { portName } from '../contracts/port-token.ts';
import type { MillraceError } from '../errors/millrace-error.ts';
import type { AssembledPorts, PortBinding } from './assembled-ports.ts';
import { throwProblems } from './boot-problems.ts';
import { checkPlugins } from './check-plugins.ts';
import { describeEngine, implementationName } from './describe-engine.ts';
import { foundation } from './foundation.module.ts';
import { Lifecycle } from './lifecycle.ts';
import { loadModules } from './load-modules.ts';
import type { Plugin } from './plugin.ts';
import { resolvePorts, type ResolvedBinding } from './resolve-ports.ts';
import { ResolvedPorts } from './resolved-ports.ts';
import { selectProviders } from './select-providers.ts';
import { startOrder } from './start-order.ts';

/** Settings of an assembly. */
export interface AssemblyOptions {
  /** Plugins for ports that no plugin of the caller provides; none by default. */
  readonly defaults?: readonly Plugin[];
}

/**
 * Assembles an engine. Without plugins the engine has the foundation: system clock and random source, node storage,
 * msgpack codec, pino logger, memory block store and handler, load-balanced scheduling.
 *
 * Does no I/O: the life cycle begins with `open` of the result.
 *
 * @throws `MR_BOOT_INVALID_PLUGIN`, `MR_BOOT_CONTRACT_UNSUPPORTED`, `MR_BOOT_DUPLICATE_PLUGIN`,
 *   `MR_BOOT_DUPLICATE_PROVIDER`, `MR_BOOT_MISSING_REQUIREMENT`, `MR_BOOT_REQUIREMENT_CYCLE`; `MR_BOOT_REFUSED` with
 *   all of these when there are several problems.
 */
export function assemblePorts(
  plugins: readonly Plugin[],
  { defaults = [] }: AssemblyOptions = {},
): AssembledPorts {
  const problems: MillraceError[] = [];
  const candidates = [
    ...checkPlugins([foundation()], 'foundation', problems),
    ...checkPlugins(defaults, 'default', problems),
    ...checkPlugins(plugins, 'given', problems),
  ];
  const selection = selectProviders(candidates, problems);
  throwProblems(problems);

  const { container, bindings: bound } = loadModules(selection, problems);
  throwProblems(problems);
  const resolved = resolvePorts({ container, bound, ordered: startOrder(bound) });
  return engineOf(resolved);
}

function engineOf(resolved: readonly ResolvedBinding[]): AssembledPorts {
  const bindings = Object.freeze(resolved.map(bindingOf));
  const lifecycle = new Lifecycle(
    resolved.map(({ port, candidate, instance }) => ({
      name: `${portName(port)} of ${candidate.plugin.name}`,
      instance,
    })),
  );
  return Object.freeze({
    ports: new ResolvedPorts(resolved),
    bindings,
    describe: () => describeEngine(bindings),
    open: () => lifecycle.open(),
    close: () => lifecycle.close(),
  });
}

function bindingOf({ port, candidate, instance }: ResolvedBinding): PortBinding {
  const { plugin, layer } = candidate;
  return Object.freeze({
    port: portName(port),
    implementation: implementationName(instance),
    plugin: plugin.name,
    version: plugin.version,
    isDefault: layer !== 'given',
    options: plugin.printableOptions,
  });
}
