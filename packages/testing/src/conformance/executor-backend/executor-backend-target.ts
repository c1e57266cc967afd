// The description of a package's executor backend for the kit.
import type { ExecutorBackend } from '@millrace/core';
import type { ExecutorProgram } from '@millrace/core/engine';
import type { ConformanceRun } from '../kit/conformance-kit.ts';
import type { StandIn } from './stand-in.ts';

/** A backend for one check. */
export interface ExecutorBackendTarget {
  /** The backend, not started. */
  readonly backend: ExecutorBackend;
  /** Ends an executor without notice, like the death of its process. */
  kill?(executorId: string): void | Promise<void>;
  /** Lets time of the backend's clock pass, where the clock can be moved. */
  pass?(ms: number): Promise<void>;
  dispose?(): void | Promise<void>;
}

/** The claims of a backend. */
export interface ExecutorBackendCapabilities {
  /** The number of executors started by the targets. */
  readonly executors: number;
  /**
   * True when a connection between executors does not show the death of the other side. The kit then sends `PeerGone`, as the
   * engine does. Default false.
   */
  readonly isPeerLossSilent?: boolean;
}

/** The subject of the kit. */
export interface ExecutorBackendSubject extends ConformanceRun {
  readonly capabilities: ExecutorBackendCapabilities;
  /**
   * Makes a backend for one check. `program` is the program of remote executors: a target passes `program` to
   * `ExecutorSession.serve` in every copy.
   */
  readonly create: (program: ExecutorProgram) => ExecutorBackendTarget | Promise<ExecutorBackendTarget>;
}

/** The input of each check. */
export interface ExecutorBackendTrial {
  readonly target: ExecutorBackendTarget;
  readonly capabilities: ExecutorBackendCapabilities;
  /** The program run by the target's executors. */
  readonly program: StandIn;
  /** Makes another target whose executors run this program. */
  createWith(program: ExecutorProgram): Promise<ExecutorBackendTarget>;
}
