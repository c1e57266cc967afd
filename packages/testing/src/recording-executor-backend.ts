// Executors that a test plays itself. The backend writes down what the driver asks, answers as it was told to, and
// lets the test add and lose executors at any moment. It knows no engine: it stands on the port alone.
import type { ExecutorBackend, ExecutorDescription, ExecutorId } from '@millrace/core';
import { coreError } from '@millrace/core';
import {
  type DriverEndpoint,
  type ExecutorMembership,
  type DriverProgram,
  type ExecutorProtocol,
} from '@millrace/core/engine';

/** A question of the driver, as it was asked. */
export type RecordedAsk = {
  readonly [K in keyof ExecutorProtocol]: {
    readonly executorId: ExecutorId;
    readonly kind: K;
    readonly request: ExecutorProtocol[K]['request'];
  };
}[keyof ExecutorProtocol];

/** How a kind of question is answered; it may throw, and it may wait as long as the test likes. */
export type ScriptedAnswer<K extends keyof ExecutorProtocol> = (
  executorId: ExecutorId,
  request: ExecutorProtocol[K]['request'],
) => ExecutorProtocol[K]['reply'] | Promise<ExecutorProtocol[K]['reply']>;

type Answers = { [K in keyof ExecutorProtocol]: ScriptedAnswer<K> };

/** A scriptable `ExecutorBackend`. Until told otherwise, every executor does what it is asked at once. */
export class RecordingExecutorBackend implements ExecutorBackend {
  readonly name = 'recording';
  /** Everything that was asked, in order. */
  readonly asks: RecordedAsk[] = [];
  readonly #alive = new Map<ExecutorId, ExecutorDescription>();
  readonly #lost = new Map<ExecutorId, PromiseWithResolvers<never>>();
  readonly #answers: Answers = {
    StartReceiver: () => undefined,
    StopReceiver: () => ({ recordsLeft: 0 }),
    UpdateRateLimit: () => undefined,
    CleanupOldBlocks: () => undefined,
    Forget: () => undefined,
    PeerGone: () => undefined,
    FetchBuckets: (_, { mapPartitions }) => ({ buckets: mapPartitions.map(() => null) }),
    FetchBlock: () => ({}),
    RunTask: () => ({ ok: true, value: undefined }),
  };
  #membership: ExecutorMembership | undefined;
  #driver: DriverEndpoint | undefined;

  /** Takes the driver's side; executors that were added before are announced now. */
  start(program: Pick<DriverProgram, 'driver' | 'membership'>): Promise<void> {
    this.#driver = program.driver;
    this.#membership = program.membership;
    for (const executor of this.#alive.values()) program.membership.onExecutorAdded(executor);
    return Promise.resolve();
  }

  /** The driver's endpoint, for the test to speak to as an executor. */
  get driver(): DriverEndpoint {
    if (this.#driver === undefined) throw new TypeError('the backend has not been started');
    return this.#driver;
  }

  executors(): readonly ExecutorDescription[] {
    return [...this.#alive.values()];
  }

  /** Answers this kind of question so from now on. */
  answer<K extends keyof ExecutorProtocol>(kind: K, answer: ScriptedAnswer<K>): void {
    const answers: Pick<Answers, K> = this.#answers;
    answers[kind] = answer as Answers[K];
  }

  /** Adds an executor; its host is `host-<id>` unless the test says another. */
  addExecutor(executorId: ExecutorId, host = `host-${executorId}`, cores = 1): ExecutorDescription {
    const executor = { executorId, host, cores };
    this.#alive.set(executorId, executor);
    const lost = Promise.withResolvers<never>();
    // Only those who are being answered when the executor is lost have to hear of it.
    lost.promise.catch(() => undefined);
    this.#lost.set(executorId, lost);
    this.#membership?.onExecutorAdded(executor);
    return executor;
  }

  /** Loses an executor: what it was asked and has not answered is rejected, then the driver is told. */
  loseExecutor(executorId: ExecutorId, reason = 'lost by the test'): void {
    this.#alive.delete(executorId);
    this.#lost.get(executorId)?.reject(unreachable(executorId));
    this.#membership?.onExecutorLost(executorId, reason);
  }

  /** Tells the driver that no executor can be brought up any more. */
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
