// The shortest plugin: one port, one object. For applications and tests with an unpublished implementation of their
// own.
import { CONTRACT_VERSION } from '../contracts/contract-version.ts';
import { portName, type PortToken } from '../contracts/port-token.ts';
import { pluginModule } from './plugin-module.ts';
import type { Plugin } from './plugin.ts';

/**
 * A plugin that provides a port by an existing object: `assemblePorts([provide(Clock, new ManualClock())])`.
 *
 * Engines with the same plugin share the object. The object is opened and closed with the engine if it is a
 * `ManagedResource`; pass such an object to one engine only.
 *
 * @param name The name in `describe()`; by default `application/<port>`. Several plugins for one port need different
 *   names.
 */
export function provide<T>(port: PortToken<T>, implementation: T, name?: string): Plugin {
  return Object.freeze({
    name: name ?? `application/${portName(port)}`,
    version: 'local',
    contract: CONTRACT_VERSION,
    provides: Object.freeze([port]),
    requires: Object.freeze([]),
    printableOptions: Object.freeze({}),
    module: pluginModule((bind) => {
      bind(port).toConstantValue(implementation);
    }),
  });
}
