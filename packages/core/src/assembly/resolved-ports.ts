// Ports by token, after construction: plain look-ups, no container.
import { Logger } from '../contracts/logger.ts';
import { portName, type PortToken } from '../contracts/port-token.ts';
import { coreError } from '../errors/core-errors.ts';
import type { Ports } from './assembled-ports.ts';
import { GuardedLogger } from './guarded-logger.ts';
import { missingPortAdvice } from './known-providers.ts';
import { isMultiBound } from './multi-bound.ts';
import type { ResolvedBinding } from './resolve-ports.ts';

/** The ports of one engine; see `Ports`. */
export class ResolvedPorts implements Ports {
  readonly #instances = new Map<PortToken<unknown>, readonly unknown[]>();

  constructor(resolved: readonly ResolvedBinding[]) {
    for (const { port, instance } of resolved.toSorted((a, b) => a.place - b.place)) {
      const shared = port === Logger ? new GuardedLogger(instance as Logger) : instance;
      this.#instances.set(port, [...(this.#instances.get(port) ?? []), shared]);
    }
  }

  get<T>(port: PortToken<T>): T {
    if (isMultiBound(port)) {
      throw new TypeError(`${portName(port)} has any number of providers: use getAll`);
    }
    const [instance] = this.getAll(port);
    if (instance !== undefined) return instance;
    throw coreError(
      'MR_BOOT_MISSING_REQUIREMENT',
      `nothing provides ${portName(port)} in this engine: ${missingPortAdvice(port)}`,
      { details: { port: portName(port) } },
    );
  }

  getAll<T>(port: PortToken<T>): readonly T[] {
    // A token carries the type of its binding: the compiler checks the type when a plugin binds by token.
    return [...((this.#instances.get(port) ?? []) as readonly T[])];
  }

  has(port: PortToken<unknown>): boolean {
    return this.#instances.has(port);
  }
}
