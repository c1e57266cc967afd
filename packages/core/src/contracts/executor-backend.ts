// Executors: where receivers and tasks run. The engine implements both endpoints; a backend only carries messages
// between them and knows who is alive. The same program runs on driver and executors (ADR 0003).
import type { ExecutorId } from './identifiers.ts';
import type { DriverProtocol, ExecutorProtocol, PeerProtocol } from './messages.ts';
import { portToken } from './port-token.ts';
import type { ExecutorDescription } from './scheduling-policy.ts';

/** The driver's side, implemented by the engine and called by executors through the backend. */
export interface DriverEndpoint {
  /**
   * Handles one message of an executor. A rejection travels back to the asker; a message that cannot be delivered
   * rejects there with `MR_EXECUTOR_UNREACHABLE` (disposition `retry`).
   */
  ask<K extends keyof DriverProtocol>(
    kind: K,
    request: DriverProtocol[K]['request'],
  ): Promise<DriverProtocol[K]['reply']>;
}

/** The executor's side, implemented by the engine on every executor and called by the driver. */
export interface ExecutorEndpoint {
  /** Handles one message of the driver. Refuses what an older epoch sends with `MR_EXECUTOR_STALE_EPOCH`. */
  ask<K extends keyof ExecutorProtocol>(
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']>;

  /** Ends receivers and tasks at once; called when the backend stops. */
  close(): Promise<void>;
}

/** How executors reach each other, to fetch what their tasks read: blocks and the outputs of shuffles. */
export interface ExecutorPeers {
  /** Asks another executor. Rejects with `MR_EXECUTOR_UNREACHABLE` when it is gone or not known. */
  ask<K extends keyof PeerProtocol>(
    executorId: ExecutorId,
    kind: K,
    request: PeerProtocol[K]['request'],
  ): Promise<PeerProtocol[K]['reply']>;
}

/** What an executor is told about itself when it is made. */
export interface ExecutorIdentity extends ExecutorDescription {
  /** How it reaches its driver. */
  readonly driver: DriverEndpoint;
  /** How it reaches the others. Absent: they share its memory. */
  readonly peers?: ExecutorPeers;
}

/** The driver's reaction to executors that come and go. Called in order, one at a time. */
export interface ExecutorMembership {
  /** An executor is ready for messages. */
  onExecutorAdded(executor: ExecutorDescription): void;
  /** An executor is gone and will not answer any more; what ran there must run elsewhere. */
  onExecutorLost(executorId: ExecutorId, reason: string): void;
  /**
   * No executor can be brought up any more, for a reason that no other try can heal (disposition `stop-engine`). The
   * engine stops with that error. Absent: nobody is told.
   */
  onFailed?(error: unknown): void;
}

/** What a backend needs to bring up executors that run this program. */
export interface ExecutorProgram {
  /** The driver's endpoint, to be handed to every executor. */
  readonly driver: DriverEndpoint;
  /** Told of executors that come and go, beginning with those of the start. */
  readonly membership: ExecutorMembership;
  /**
   * Makes the executor side inside this process. A backend whose executors live elsewhere has the program loaded
   * there instead, and compares fingerprints.
   */
  readonly createExecutor: (identity: ExecutorIdentity) => ExecutorEndpoint;
  /** A digest of the graph: driver and executors must agree on it. */
  readonly fingerprint: string;
  /** The application's name. */
  readonly application: string;
  /** The graph in lines for people, shown when digests differ. */
  readonly shape: readonly string[];
  /** How many executors the program asks for; absent: as many as the backend is set to. */
  readonly executors?: number | 'one-per-core';
}

/** How the number of executors is changed while a program runs. Driven by the engine, one call at a time. */
export interface ExecutorScaling {
  /** How many there should be now: those alive, those on their way, those being replaced. */
  readonly wanted: number;
  /** More than this would be of no use here, for instance the number of cores. */
  readonly maxUseful: number;
  /** Brings so many more up; `onExecutorAdded` tells of each when it is ready. One that fails is tried again. */
  add(count: number): void;
  /**
   * Ends an executor for good: it is not replaced. `onExecutorLost` is called before this returns, and it is asked
   * nothing any more. Resolves when it is gone; at once for one that is not alive.
   */
  retire(executorId: ExecutorId): Promise<void>;
}

/**
 * Brings executors up, carries messages, notices who died.
 *
 * Driven by the engine: `start` once, then `ask` concurrently, then `stop` once.
 */
export interface ExecutorBackend {
  /** Printed by `describe()`, for instance `'in-process'`. */
  readonly name: string;

  /**
   * Whether executors share the driver's memory, and with it the graph and its RDDs. Absent: they do. When not, every
   * task is told the inputs of its batches and where shuffle outputs are, and its answer comes back as bytes.
   */
  readonly isRemote?: boolean;

  /** Present when executors can be added and retired. To be used between `start` and `stop`. */
  readonly scaling?: ExecutorScaling;

  /** Starts executors. May resolve before any is ready: `onExecutorAdded` tells. */
  start(program: ExecutorProgram): Promise<void>;

  /** The executors alive now, in order of arrival. */
  executors(): readonly ExecutorDescription[];

  /**
   * Asks one executor. Rejects with `MR_EXECUTOR_UNREACHABLE` when it is not alive or dies before it answers: the
   * work may or may not have been done, and the asker must be able to repeat it.
   */
  ask<K extends keyof ExecutorProtocol>(
    executorId: ExecutorId,
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']>;

  /** Ends all executors. May be repeated. */
  stop(): Promise<void>;
}

/** The token of the backend. Shipped: `InProcessExecutorBackend` in @millrace/engine (default). */
export const ExecutorBackend = portToken<ExecutorBackend>('ExecutorBackend');
