// The attempts at one job. A failed job runs again with the same batch and blocks (BAT-4), after a growing pause, until
// the job succeeds, its attempts are used up (`AttemptLimit`), or the error cannot heal.
import type { Clock, Logger } from '@millrace/core';
import { AttemptLimit } from './attempt-limit.ts';
import type { BatchOptions } from './batch-options.ts';
import type { JobEntry } from './job-set.ts';

/** The surroundings of an attempt. */
export interface JobAttemptsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: BatchOptions;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
}

/**
 * Runs a job until the job succeeds or its attempts are used up; returns an object with the last error in that case.
 */
export async function runJobAttempts(
  entry: JobEntry,
  { clock, log, options, signal }: JobAttemptsDeps,
): Promise<{ error: unknown } | undefined> {
  const limit = new AttemptLimit(clock, options);
  for (let attempt = 0; ; attempt += 1) {
    entry.attempts += 1;
    try {
      await entry.job.run({ attempt, signal });
      return undefined;
    } catch (error) {
      const delayMs = signal.aborted ? undefined : limit.delayAfter(error);
      log.warn('job failed', {
        batchTime: entry.job.batchTime,
        outputOperation: entry.job.outputOperation,
        attempt,
        isLast: delayMs === undefined,
        error,
      });
      if (delayMs === undefined) return { error };
      try {
        await clock.sleepFor(delayMs, signal);
      } catch {
        // Aborted while waiting: the job is given up with its last error.
        return { error };
      }
    }
  }
}
