// The shortest plugin: one port, one object. For applications and tests that bring an implementation of their own
// without publishing it.
import { CONTRACT_VERSION } from '../contracts/contract-version.ts';
import { portName, type PortToken } from '../contracts/port-token.ts';
import { bindings } from './bindings.ts';
import type { Plugin } from './plugin.ts';

/**
 * A plugin that provides a port by an object made beforehand: `assembleEngine([providing(Clock, new ManualClock())])`.
 *
 * Engines that are given the same plugin share the object. It is opened and closed with the engine if it is a
 * `ManagedResource`; give such an object to one engine only.
 *
 * @param name How it is called by `describe()`; by default `application/<port>`. Where several are given for one port,
 * each needs a name of its own.
 */
export function providing<T>(port: PortToken<T>, implementation: T, name?: string): Plugin {
  return Object.freeze({
    name: name ?? `application/${portName(port)}`,
    version: 'local',
    contract: CONTRACT_VERSION,
    provides: Object.freeze([port]),
    requires: Object.freeze([]),
    printableOptions: Object.freeze({}),
    module: bindings((bind) => {
      bind(port).toConstantValue(implementation);
    }),
  });
}
