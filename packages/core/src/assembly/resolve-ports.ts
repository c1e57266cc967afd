// Constructs every port once, in start order. The container is then no longer used: ports are looked up here.
import type { Container } from 'inversify';
import { portName, type PortToken } from '../contracts/port-token.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import type { Candidate } from './candidate.ts';
import { invalidPlugin, type LoadedBinding } from './load-modules.ts';
import { isMultiBound } from './multi-bound.ts';
import { missingMethods } from './port-methods.ts';
import { messageOf } from '../errors/thrown-value.ts';

/** A constructed port. */
export interface ResolvedBinding {
  readonly port: PortToken<unknown>;
  readonly candidate: Candidate;
  /** The index in the order of binding: foundation, defaults, given. The list itself is in start order. */
  readonly place: number;
  readonly instance: unknown;
}

/** The bindings to construct. */
export interface ResolvePortsRequest {
  readonly container: Container;
  /** In the order of binding. */
  readonly bound: readonly LoadedBinding[];
  /** The same bindings in start order. */
  readonly ordered: readonly LoadedBinding[];
}

/**
 * Constructs everything, in start order.
 *
 * @throws `MR_BOOT_INVALID_PLUGIN` when a factory fails, returns a promise or nothing, when an implementation lacks
 *   functions of its port, or when a binding is not a singleton; a coded error of a factory is passed on unchanged.
 */
export function resolvePorts({ container, bound, ordered }: ResolvePortsRequest): readonly ResolvedBinding[] {
  return ordered.map((binding) => {
    const { port, candidate } = binding;
    // The container returns several implementations in the order of binding.
    const position = bound.filter((other) => other.port === port).indexOf(binding);
    const make = (): unknown => (isMultiBound(port) ? container.getAll(port)[position] : container.get(port));
    const instance = attempt(binding, make);
    const fail = (what: string) => invalidPlugin(candidate.plugin, `its ${portName(port)} ${what}`);
    if (instance === undefined || instance === null) throw fail('came out as nothing');
    if (instance instanceof Promise)
      throw fail('came out as a promise: factories are synchronous, do no I/O');
    const missing = missingMethods(port, instance);
    if (missing !== undefined) throw fail(missing);
    if (attempt(binding, make) !== instance)
      throw fail('is constructed for every request: bind it in singleton scope');
    return { port, candidate, place: bound.indexOf(binding), instance };
  });
}

function attempt({ port, candidate }: LoadedBinding, make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    if (isMillraceError(error)) throw error;
    const message = messageOf(error);
    throw invalidPlugin(candidate.plugin, `its ${portName(port)} could not be made: ${message}`, error);
  }
}
