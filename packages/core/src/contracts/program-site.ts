// Where this copy of the program runs. The same script is loaded by the driver and by every executor (ADR 0003); a
// backend whose executors live outside the driver's process tells each copy which of them it is. Everything that has
// to differ between copies (serving instead of driving, the name of a log on disk) is decided by asking here.
import type { ExecutorEndpoint, ExecutorIdentity } from './executor-backend.ts';
import { portToken } from './port-token.ts';

/** What a copy of the program offers to its driver: proof that it is the same program, and how to run it. */
export interface ServedProgram {
  /** The application's name: a script that makes several contexts serves the one that its driver runs. */
  readonly application: string;
  /** A digest of the graph; the driver's must be the same. */
  readonly fingerprint: string;
  /** The graph in lines for people, shown when the digests differ. */
  readonly shape: readonly string[];
  /** Makes the executor side. Called once, when the driver has accepted the program. */
  readonly createExecutor: (identity: ExecutorIdentity) => ExecutorEndpoint;
  /** Gives back what this copy holds, after its endpoint was closed. */
  readonly close: () => Promise<void>;
}

/** The place of an executor, given to the copy of the program that serves there. */
export interface ExecutorSeat {
  /**
   * The name of the place. It is handed on to the executor that replaces this one, so what is kept on disk under this
   * name is taken over. Letters, digits and dashes.
   */
  readonly slot: string;

  /** Whether this place belongs to that application's driver. */
  isFor(application: string): boolean;

  /**
   * Offers the program to the driver and serves it. Called once. Does not resolve: the backend ends the thread or the
   * process when the driver is done with it.
   *
   * @throws when the driver refuses the program; it knows the reason, this side has nothing more to do.
   */
  serve(program: ServedProgram): Promise<never>;
}

/** Asked by the engine when a context starts, and by plugins that keep something for each executor. */
export interface ProgramSite {
  /** Present in a copy that serves; absent on the driver. */
  readonly executor?: ExecutorSeat;
}

/** The token of the site. Default: the driver's. Rebound by backends inside their executors. */
export const ProgramSite = portToken<ProgramSite>('ProgramSite');
