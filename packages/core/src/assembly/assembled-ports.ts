// The result of an assembly: ports by token, a description, and a life cycle from open to close. The engine package
// builds its contexts on an assembled engine; an application with an engine of its own may do the same.
import type { PortToken } from '../contracts/port-token.ts';

/** The resolved ports of one engine. Every answer is the same object each time. */
export interface Ports {
  /**
   * The implementation of a port with one provider.
   *
   * @throws `MR_BOOT_MISSING_REQUIREMENT` when no plugin provides the port, naming packages that do; `TypeError` for a
   *   port with any number of providers: use `getAll`.
   */
  get<T>(port: PortToken<T>): T;
  /** Every implementation of a port, in the order of the plugins in the argument; empty when there is none. */
  getAll<T>(port: PortToken<T>): readonly T[];
  /** True when any plugin provides the port. */
  has(port: PortToken<unknown>): boolean;
}

/** One port and its implementation. */
export interface PortBinding {
  /** The port's name, for instance `BlockStore`. */
  readonly port: string;
  /** The class of the implementation. */
  readonly implementation: string;
  /** The plugin that provides it. */
  readonly plugin: string;
  /** That plugin's version. */
  readonly version: string;
  /** True when no plugin of the caller provides the port, so that the engine's default applies. */
  readonly isDefault: boolean;
  /** That plugin's options, with secrets replaced. */
  readonly options: unknown;
}

/** An engine of checked, wired and constructed plugins, not yet opened. */
export interface AssembledPorts {
  readonly ports: Ports;
  /** The implementation of each port, in start order. */
  readonly bindings: readonly PortBinding[];
  /** The bindings as text for people: a table in start order, then the plugins with their options. Shows no secret. */
  describe(): string;
  /**
   * Opens every `ManagedResource`, in start order, each object once. Repeated calls return the first answer.
   *
   * @throws `MR_BOOT_OPEN_FAILED` when a resource could not be opened, with its error as the cause; earlier resources
   *   have been closed again in reverse. `MR_BOOT_CLOSED` after `close`.
   */
  open(): Promise<void>;
  /**
   * Closes the opened resources, in reverse, each independent of failures of other resources. Waits for a pending
   * `open`. Repeated calls return the first answer; without `open` there is nothing to close.
   *
   * @throws `AggregateError` with every error.
   */
  close(): Promise<void>;
}
