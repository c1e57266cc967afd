// Executors played by a test. The backend records the requests of the driver, gives scripted answers, and lets the test
// add and lose executors at any moment. The backend depends on the port alone and knows no engine.
import type { ExecutorBackend, ExecutorDescription, ExecutorId } from '@millrace/core';
import { coreError } from '@millrace/core';
import {
  type DriverEndpoint,
  type ExecutorMembership,
  type DriverProgram,
  type ExecutorProtocol,
} from '@millrace/core/engine';

/** A recorded request of the driver. */
export type RecordedAsk = {
  readonly [K in keyof ExecutorProtocol]: {
    readonly executorId: ExecutorId;
    readonly kind: K;
    readonly request: ExecutorProtocol[K]['request'];
  };
}[keyof ExecutorProtocol];

/** The answer to one kind of request. The answer may throw, and may take as long as the test needs. */
export type ScriptedAnswer<K extends keyof ExecutorProtocol> = (
  executorId: ExecutorId,
  request: ExecutorProtocol[K]['request'],
) => ExecutorProtocol[K]['reply'] | Promise<ExecutorProtocol[K]['reply']>;

type Answers = { [K in keyof ExecutorProtocol]: ScriptedAnswer<K> };

/** A scriptable `ExecutorBackend`. By default every executor completes each request at once. */
export class RecordingExecutorBackend implements ExecutorBackend {
  readonly name = 'recording';
  /** The newest reason why an executor is missing, as told to the engine. */
  newestFailure: unknown;
  /** All requests, in order. */
  readonly asks: RecordedAsk[] = [];
  readonly #alive = new Map<ExecutorId, ExecutorDescription>();
  readonly #lost = new Map<ExecutorId, PromiseWithResolvers<never>>();
  readonly #answers: Answers = {
    StartReceiver: () => undefined,
    StopReceiver: () => ({ recordsLeft: 0 }),
    UpdateRateLimit: () => undefined,
    UpdateCondition: () => undefined,
    CleanupOldBlocks: () => undefined,
    Forget: () => undefined,
    PeerGone: () => undefined,
    FetchBuckets: (_, { mapPartitions }) => ({ buckets: mapPartitions.map(() => null) }),
    FetchBlock: () => ({}),
    RunTask: () => ({ ok: true, value: undefined }),
    CancelTask: () => undefined,
    ReadGauges: (executorId) => ({
      executorId,
      host: 'localhost',
      cores: 1,
      runningTasks: 0,
      completedTasks: 0,
      blocks: { blocks: 0, bytes: 0, maxBytes: 0 },
      receivers: [],
    }),
  };
  #membership: ExecutorMembership | undefined;
  #driver: DriverEndpoint | undefined;

  /** Registers the driver; executors added earlier are announced now. */
  start(program: Pick<DriverProgram, 'driver' | 'membership'>): Promise<void> {
    this.#driver = program.driver;
    this.#membership = program.membership;
    for (const executor of this.#alive.values()) program.membership.onExecutorAdded(executor);
    return Promise.resolve();
  }

  /** The driver's endpoint, through which the test speaks as an executor. */
  get driver(): DriverEndpoint {
    if (this.#driver === undefined) throw new TypeError('the backend has not been started');
    return this.#driver;
  }

  executors(): readonly ExecutorDescription[] {
    return [...this.#alive.values()];
  }

  /** Sets the answer to this kind of request from now on. */
  answer<K extends keyof ExecutorProtocol>(kind: K, answer: ScriptedAnswer<K>): void {
    const answers: Pick<Answers, K> = this.#answers;
    answers[kind] = answer as Answers[K];
  }

  /** Adds an executor; the host is `host-<id>` unless the test gives another one. */
  addExecutor(executorId: ExecutorId, host = `host-${executorId}`, cores = 1): ExecutorDescription {
    const executor = { executorId, host, cores };
    this.#alive.set(executorId, executor);
    const lost = Promise.withResolvers<never>();
    // Only requests pending at the loss of the executor have to observe the rejection.
    lost.promise.catch(() => undefined);
    this.#lost.set(executorId, lost);
    this.#membership?.onExecutorAdded(executor);
    return executor;
  }

  /** Loses an executor: rejects the pending requests of the executor, then informs the driver. */
  loseExecutor(executorId: ExecutorId, reason = 'lost by the test'): void {
    this.#alive.delete(executorId);
    this.#lost.get(executorId)?.reject(unreachable(executorId));
    this.#membership?.onExecutorLost(executorId, reason);
  }

  /** Tells the driver that no further executor can be started. */
  fail(error: unknown): void {
    this.#membership?.onFailed?.(error);
  }

  /** The requests of one kind, in order. */
  requests<K extends keyof ExecutorProtocol>(
    kind: K,
  ): (ExecutorProtocol[K]['request'] & { executorId: ExecutorId })[] {
    return this.asks
      .filter((ask) => ask.kind === kind)
      .map((ask) => ({ ...(ask.request as ExecutorProtocol[K]['request']), executorId: ask.executorId }));
  }

  async ask<K extends keyof ExecutorProtocol>(
    executorId: ExecutorId,
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']> {
    this.asks.push({ executorId, kind, request } as RecordedAsk);
    const lost = this.#lost.get(executorId);
    if (lost === undefined || !this.#alive.has(executorId)) throw unreachable(executorId);
    const answer: ScriptedAnswer<K> = this.#answers[kind];
    return Promise.race([answer(executorId, request), lost.promise]);
  }

  stop(): Promise<void> {
    this.#alive.clear();
    return Promise.resolve();
  }
}

function unreachable(executorId: ExecutorId): Error {
  return coreError('MR_EXECUTOR_UNREACHABLE', `executor ${executorId} is not alive`, {
    details: { executorId },
  });
}
