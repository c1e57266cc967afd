// The other executors, as long as they live. A connection need not notice the death of the host behind it, so a
// request to such an executor would wait without end. The driver names each executor that is gone (`PeerGone`).
// Every request to that executor then fails, including requests under way.
import type { ExecutorId } from '@millrace/core';
import { coreError } from '@millrace/core';
import { type ExecutorPeers, type PeerProtocol } from '@millrace/core/engine';

/** Number of lost executors to remember. Names never come back, and tasks do not name executors lost long ago. */
const GONE_MAX = 1_000;

/** Passes requests on to the backend's peers. */
export class LivingPeers implements ExecutorPeers {
  readonly #peers: ExecutorPeers;
  readonly #gone = new Set<ExecutorId>();
  readonly #waiting = new Map<ExecutorId, Set<(error: Error) => void>>();

  constructor(peers: ExecutorPeers) {
    this.#peers = peers;
  }

  /** Requests without an answer yet. */
  get openQuestions(): number {
    return [...this.#waiting.values()].reduce((sum, questions) => sum + questions.size, 0);
  }

  /** See `ExecutorPeers.ask`. Also rejects with `MR_EXECUTOR_UNREACHABLE` when the executor is known to be gone. */
  ask<K extends keyof PeerProtocol>(
    executorId: ExecutorId,
    kind: K,
    request: PeerProtocol[K]['request'],
  ): Promise<PeerProtocol[K]['reply']> {
    if (this.#gone.has(executorId)) return Promise.reject(isGone(executorId));
    return new Promise((resolve, reject) => {
      const questions = this.#waiting.get(executorId) ?? new Set();
      this.#waiting.set(executorId, questions);
      questions.add(reject);
      const answered = (): void => {
        questions.delete(reject);
        if (questions.size === 0 && this.#waiting.get(executorId) === questions)
          this.#waiting.delete(executorId);
      };
      this.#peers.ask(executorId, kind, request).finally(answered).then(resolve, reject);
    });
  }

  /** Handles the driver's message that this executor is gone. May be repeated. */
  onGone(executorId: ExecutorId): void {
    this.#gone.add(executorId);
    const [oldest] = this.#gone;
    if (this.#gone.size > GONE_MAX && oldest !== undefined) this.#gone.delete(oldest);
    const questions = this.#waiting.get(executorId) ?? [];
    this.#waiting.delete(executorId);
    for (const giveUp of questions) giveUp(isGone(executorId));
  }
}

function isGone(executorId: ExecutorId): Error {
  return coreError('MR_EXECUTOR_UNREACHABLE', `executor ${executorId} is gone, as the driver says`, {
    details: { executorId },
  });
}
