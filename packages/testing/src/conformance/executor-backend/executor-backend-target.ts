// What a package with an executor backend tells the kit.
import type { ExecutorBackend } from '@millrace/core';
import type { ExecutorProgram } from '@millrace/core/engine';
import type { ConformanceRun } from '../kit/conformance-kit.ts';
import type { StandIn } from './stand-in.ts';

/** A backend for one check. */
export interface ExecutorBackendTarget {
  /** Not started. */
  readonly backend: ExecutorBackend;
  /** Ends an executor without its knowledge, as the death of its process would. */
  kill?(executorId: string): void | Promise<void>;
  /** Lets time of the backend's clock pass, where it can be moved. */
  pass?(ms: number): Promise<void>;
  dispose?(): void | Promise<void>;
}

/** What a backend claims. */
export interface ExecutorBackendCapabilities {
  /** How many executors the targets bring up. */
  readonly executors: number;
}

/** What the kit is given. */
export interface ExecutorBackendSubject extends ConformanceRun {
  readonly capabilities: ExecutorBackendCapabilities;
  /**
   * Makes a backend for one check. Where its executors have a copy of the program each, `program` is what every copy
   * offers to its session: a target hands it to `ExecutorSession.serve`.
   */
  readonly create: (program: ExecutorProgram) => ExecutorBackendTarget | Promise<ExecutorBackendTarget>;
}

/** What each check is given. */
export interface ExecutorBackendTrial {
  readonly target: ExecutorBackendTarget;
  readonly capabilities: ExecutorBackendCapabilities;
  /** What the target's executors run. */
  readonly program: StandIn;
  /** Another target, whose executors run this. */
  createWith(program: ExecutorProgram): Promise<ExecutorBackendTarget>;
}
