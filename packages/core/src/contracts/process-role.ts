// The role of this copy of the program. The driver and every executor load the same script (ADR 0003). A backend with
// executors outside the driver's process tells each copy its executor. Code that differs between copies (serving
// instead of driving, the name of a log on disk) reads its role from this port.
import type { ExecutorEndpoint, ExecutorIdentity } from './executor-backend.ts';
import { portToken } from './port-token.ts';

/**
 * The program of one copy, as offered to the driver: proof of being the same program, and a factory for the executor.
 */
export interface ExecutorProgram {
  /** The application's name: a script with several contexts serves the context that its driver runs. */
  readonly application: string;
  /** A digest of the graph; the driver must have the same digest. */
  readonly fingerprint: string;
  /** The graph in lines for people, shown when the digests differ. */
  readonly shape: readonly string[];
  /** Makes the executor side. Called once, when the driver has accepted the program. */
  readonly createExecutor: (identity: ExecutorIdentity) => ExecutorEndpoint;
  /** Releases the resources of this copy, after the endpoint was closed. */
  readonly close: () => Promise<void>;
}

/** The slot of an executor, passed to the copy of the program that serves there. */
export interface ExecutorSession {
  /**
   * The name of the slot. An executor that replaces this one gets the same slot, and takes over data on disk under this
   * name. Letters, digits and dashes. No other slot of the engine has the same name, on any host.
   */
  readonly slot: string;

  /** True when this slot belongs to the driver of that application. */
  isFor(application: string): boolean;

  /**
   * Offers the program to the driver and serves requests. Called once. Does not resolve: the backend ends the thread or
   * the process when the driver no longer needs the executor.
   *
   * @throws when the driver refuses the program; the driver reports the reason, and this side has nothing more to do.
   */
  serve(program: ExecutorProgram): Promise<never>;
}

/** Read by the engine when a context starts, and by plugins with data for each executor. */
export interface ProcessRole {
  /** Present in a copy that serves; absent on the driver. */
  readonly executor?: ExecutorSession;
}

/** The token of the site. Default: the driver's site. Backends rebind the token inside their executors. */
export const ProcessRole = portToken<ProcessRole>('ProcessRole');
