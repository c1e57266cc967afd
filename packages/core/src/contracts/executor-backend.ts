// Executors: the processes and threads in which receivers and tasks run. The engine implements both endpoints; a
// backend only carries messages between endpoints and detects dead executors. The same program runs on driver and
// executors (ADR 0003).
import type { Epoch, ExecutorId } from './identifiers.ts';
import type { DriverProtocol, ExecutorProtocol, PeerProtocol } from './messages.ts';
import { portToken } from './port-token.ts';
import type { ExecutorDescription } from './scheduling-policy.ts';

/** The driver's endpoint, implemented by the engine. Executors call it through the backend. */
export interface DriverEndpoint {
  /**
   * Handles one message of an executor. A rejection travels back to the caller. A message that cannot be delivered
   * rejects at the caller with `MR_EXECUTOR_UNREACHABLE` (disposition `retry`).
   */
  ask<K extends keyof DriverProtocol>(
    kind: K,
    request: DriverProtocol[K]['request'],
  ): Promise<DriverProtocol[K]['reply']>;
}

/** The executor's endpoint, implemented by the engine on every executor. The driver calls it through the backend. */
export interface ExecutorEndpoint {
  /** Handles one message of the driver. Refuses a message of an older epoch with `MR_EXECUTOR_STALE_EPOCH`. */
  ask<K extends keyof ExecutorProtocol>(
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']>;

  /** Ends receivers and tasks at once; called when the backend stops. */
  close(): Promise<void>;
}

/** The connection between executors, for fetching the inputs of tasks: blocks and the outputs of shuffles. */
export interface ExecutorPeers {
  /** Asks another executor. Rejects with `MR_EXECUTOR_UNREACHABLE` when that executor is gone or unknown. */
  ask<K extends keyof PeerProtocol>(
    executorId: ExecutorId,
    kind: K,
    request: PeerProtocol[K]['request'],
  ): Promise<PeerProtocol[K]['reply']>;
}

/** The identity and the connections of a new executor. */
export interface ExecutorIdentity extends ExecutorDescription {
  /** The connection to the driver. */
  readonly driver: DriverEndpoint;
  /** The connection to the other executors. Absent: all executors share one memory. */
  readonly peers?: ExecutorPeers;
}

/** The driver's reaction to new and lost executors. Called in order, one call at a time. */
export interface ExecutorMembership {
  /** An executor is ready for messages. */
  onExecutorAdded(executor: ExecutorDescription): void;
  /** An executor is gone and will not answer any more; its receivers and tasks must run elsewhere. */
  onExecutorLost(executorId: ExecutorId, reason: string): void;
  /**
   * No executor can be started any more, for a reason that no further attempt can fix (disposition `stop-engine`). The
   * engine stops with this error. Absent: the failure is not reported.
   */
  onFailed?(error: unknown): void;
}

/** Everything that a backend needs to start executors of this program. */
export interface DriverProgram {
  /** The driver's endpoint, passed to every executor. */
  readonly driver: DriverEndpoint;
  /** Notified of new and lost executors, including the first executors at start. */
  readonly membership: ExecutorMembership;
  /**
   * Makes the executor side inside this process. A backend with executors elsewhere loads the program there instead,
   * and compares fingerprints.
   */
  readonly createExecutor: (identity: ExecutorIdentity) => ExecutorEndpoint;
  /** A digest of the graph: driver and executors must have the same digest. */
  readonly fingerprint: string;
  /** The application's name. */
  readonly application: string;
  /** The graph in lines for people, shown when digests differ. */
  readonly shape: readonly string[];
  /**
   * The epoch of this driver: higher than that of any earlier driver on the same durable log. A backend whose executors can
   * outlive their driver ends executors of lower epochs. Absent: 0.
   */
  readonly epoch?: Epoch;
  /** The number of executors that the program requests; absent: the number in the backend's options. */
  readonly executors?: number | 'one-per-core';
}

/** Scaling of the number of executors while a program runs. Called by the engine, one call at a time. */
export interface ExecutorScaling {
  /** The target number of executors: alive, starting, and being replaced. */
  readonly wanted: number;
  /** The largest useful number of executors here, for instance the number of cores. */
  readonly maxUseful: number;
  /** Starts this many more executors; `onExecutorAdded` reports each ready executor. A failed start is tried again. */
  add(count: number): void;
  /**
   * Ends an executor for good: the executor is not replaced. `onExecutorLost` is called before this method returns, and
   * the executor receives no further message. Resolves when the executor is gone; at once for an executor that is not
   * alive.
   */
  retire(executorId: ExecutorId): Promise<void>;
}

/** The values of the option `master` that a backend serves. */
export interface ServedMasters {
  /** The values in words, for errors and descriptions: `nats://a:4222,b:4222`. Without secrets. */
  readonly words: string;
  /** True when the executors of the backend are the ones that `master` names. Answers at once, before `start`. */
  has(master: string): boolean;
}

/**
 * Starts executors, carries messages, detects dead executors.
 *
 * Called by the engine: `start` once, then `ask` concurrently, then `stop` once.
 */
export interface ExecutorBackend {
  /** Printed by `describe()`, for instance `'in-process'`. */
  readonly name: string;

  /**
   * True when executors do not share the driver's memory, and with it the graph and its RDDs. Default false. For remote
   * executors, every task carries the inputs of its batches and the locations of shuffle outputs, and the answer comes
   * back as bytes.
   */
  readonly isRemote?: boolean;

  /**
   * True when executors may run on another host than the driver, or on several hosts. Default false. The engine then
   * refuses logs, handlers, checkpoints, files and sinks that only one host reaches (`Reach`), before anything starts.
   */
  readonly spansHosts?: boolean;

  /**
   * The values of `master` that this backend serves: addresses such as `nats://a:4222,b:4222`, or `local[N]`. The context
   * refuses any other value when it is made. Absent: `local[N]` and `local[*]`, and no address.
   */
  readonly serves?: ServedMasters;

  /**
   * The newest reason why a wanted executor is not there: the launch failed, or the executor ended before or after its start. The
   * engine shows the reason when no executor is ready in time. Undefined: nothing has failed. Absent: not known.
   */
  readonly newestFailure?: unknown;

  /** Present when executors can be added and retired. For use between `start` and `stop`. */
  readonly scaling?: ExecutorScaling;

  /** Starts executors. May resolve before any executor is ready: `onExecutorAdded` reports ready executors. */
  start(program: DriverProgram): Promise<void>;

  /** The live executors, in order of arrival. */
  executors(): readonly ExecutorDescription[];

  /**
   * Asks one executor. Rejects with `MR_EXECUTOR_UNREACHABLE` when the executor is not alive or dies before the answer.
   * The work may or may not have been done, and the caller must be able to repeat the request.
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
