// What an assembly gives: ports by token, a description, and a life from open to close. The engine package builds its
// contexts on it; an application that brings an engine of its own may do the same.
import type { PortToken } from '../contracts/port-token.ts';

/** The resolved ports of one engine. Every answer is the same object each time. */
export interface Ports {
  /**
   * The implementation of a port that has one provider.
   *
   * @throws `MR_BOOT_MISSING_REQUIREMENT` when nothing provides it, naming packages that do; `TypeError` for a port
   * with any number of providers: use `getAll`.
   */
  get<T>(port: PortToken<T>): T;
  /** Every implementation of a port, in the order in which the plugins were given; empty when there is none. */
  getAll<T>(port: PortToken<T>): readonly T[];
  /** Whether anything provides the port. */
  has(port: PortToken<unknown>): boolean;
}

/** One port and what it is bound to. */
export interface PortBinding {
  /** The port's name, for instance `BlockStore`. */
  readonly port: string;
  /** The class of the implementation. */
  readonly implementation: string;
  /** The plugin that provides it. */
  readonly plugin: string;
  /** That plugin's version. */
  readonly version: string;
  /** True when no given plugin provides it, so that the engine's own choice holds. */
  readonly isDefault: boolean;
  /** That plugin's options, with secrets replaced. */
  readonly options: unknown;
}

/** An engine whose plugins have been checked, wired and made, but not yet opened. */
export interface AssembledEngine {
  readonly ports: Ports;
  /** What is bound to what, in start order. */
  readonly bindings: readonly PortBinding[];
  /** The same for people: a table in start order, then the plugins with their options. Shows no secret. */
  describe(): string;
  /**
   * Opens everything that is a `ManagedResource`, in start order, each object once. Repeated calls answer like the
   * first.
   *
   * @throws `MR_BOOT_OPEN_FAILED` when one could not be opened, with its error as the cause; those before it have been
   * closed again in reverse. `MR_BOOT_CLOSED` after `close`.
   */
  open(): Promise<void>;
  /**
   * Closes what was opened, in reverse, each whatever happened to the others. Waits for an `open` under way. Repeated
   * calls answer like the first; without `open` there is nothing to close.
   *
   * @throws `AggregateError` with every error.
   */
  close(): Promise<void>;
}
