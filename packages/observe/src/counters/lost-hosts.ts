// The hosts that have lost their last executor, by the events.
import type { ExecutorInfo } from '@millrace/core/observation';
import { cutName, cutText, MESSAGE_LENGTH_MAX } from '../text/cut-text.ts';

/** Lost hosts that are remembered; in front of more, the oldest is forgotten. */
const HOSTS_MAX = 20;

/** A host without executors, whose last executor was lost. */
export interface LostHost {
  readonly host: string;
  /** The reason for the loss of the last executor. */
  readonly reason: string;
  readonly timeMs: number;
  readonly monotonicMs: number;
}

/** Remembers lost hosts until an executor runs there again. A retirement is no loss. */
export class LostHosts {
  readonly #executors = new Map<string, Set<string>>();
  readonly #lost = new Map<string, LostHost>();
  /** Losses of hosts since the start. */
  count = 0;

  /** The lost hosts, oldest loss first. */
  all(): readonly LostHost[] {
    return [...this.#lost.values()];
  }

  takeAdded({ executorId, host }: ExecutorInfo): void {
    const executors = this.#executors.get(host) ?? new Set();
    this.#executors.set(host, executors.add(executorId));
    this.#lost.delete(host);
  }

  takeLost(executor: ExecutorInfo, monotonicMs: number): void {
    const { executorId, host, timeMs, reason = 'unknown', isRetired = false } = executor;
    const executors = this.#executors.get(host);
    executors?.delete(executorId);
    if (executors !== undefined && executors.size > 0) return;
    this.#executors.delete(host);
    if (isRetired) return;
    this.count += 1;
    this.#lost.set(host, {
      host: cutName(host),
      reason: cutText(reason, MESSAGE_LENGTH_MAX),
      timeMs,
      monotonicMs,
    });
    const [oldest] = this.#lost.keys();
    if (this.#lost.size > HOSTS_MAX && oldest !== undefined) this.#lost.delete(oldest);
  }
}
