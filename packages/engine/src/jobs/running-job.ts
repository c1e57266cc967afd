// A running job on the driver, and the ways in which the work for the job ends early: the job is cancelled, the job
// fails, or an attempt of one of its tasks is superseded by another attempt.
import type { BatchInput } from '@millrace/core/engine';
import type { JobIdentity } from '../rdd/job-runner.ts';
import { rddError } from '../rdd/rdd-errors.ts';

/** A running job. */
export interface RunningJob {
  readonly identity: JobIdentity;
  readonly inputs: readonly BatchInput[];
  readonly maxFailures: number;
  readonly maxLosses: number;
  /** Aborted when the job fails or is cancelled, so tasks that wait for an executor end, and running tasks too. */
  readonly over: AbortController;
}

/** The result of `work`; rejects with `MR_RDD_JOB_CANCELLED` when the job is cancelled before. */
export async function untilCancelled<T>(work: Promise<T>, job: JobIdentity): Promise<T> {
  const { signal } = job;
  if (signal === undefined) return work;
  let onAbort = () => {};
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => reject(cancelled(job));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, abort]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Aborted with the job, or when this attempt is superseded. A permanent failure of this attempt aborts the job. */
export function overWith(job: AbortController, attempt: AbortSignal): AbortController {
  const over = new AbortController();
  const follow = (signal: AbortSignal, options: { readonly signal?: AbortSignal }) => {
    if (signal.aborted) over.abort(signal.reason);
    else signal.addEventListener('abort', () => over.abort(signal.reason), { once: true, ...options });
  };
  follow(attempt, {});
  // An attempt ends with its task, long before the job; its listener is removed with the attempt.
  follow(job.signal, { signal: attempt });
  return over;
}

function cancelled({ batchTime, outputOperation, signal }: JobIdentity): Error {
  return rddError(
    'MR_RDD_JOB_CANCELLED',
    `the job of output operation ${outputOperation} of batch ${batchTime} was cancelled before its end`,
    { details: { batchTime, outputOperation }, cause: signal?.reason },
  );
}
