// The newest loss of an executor, and the number of executors by the events.
import type { ExecutorInfo } from '@millrace/core/observation';
import { cutName, cutText, MESSAGE_LENGTH_MAX } from '../text/cut-text.ts';

/** A lost executor. */
export interface ExecutorLoss {
  readonly executorId: string;
  readonly host: string;
  readonly reason: string;
  readonly timeMs: number;
  readonly monotonicMs: number;
  /** The executors that were left. */
  readonly executorCount: number;
}

/** Remembers the newest loss. A retirement is no loss. */
export class ExecutorLosses {
  newest: ExecutorLoss | undefined;
  /** Undefined: no executor was added or lost since the observer listens. */
  count: number | undefined;

  takeAdded({ executorCount }: ExecutorInfo): void {
    this.count = executorCount;
  }

  takeLost(executor: ExecutorInfo, monotonicMs: number): void {
    const { executorId, host, timeMs, executorCount, reason = 'unknown', isRetired = false } = executor;
    this.count = executorCount;
    if (isRetired) return;
    this.newest = {
      executorId: cutName(executorId),
      host: cutName(host),
      reason: cutText(reason, MESSAGE_LENGTH_MAX),
      timeMs,
      monotonicMs,
      executorCount,
    };
  }
}
