// One task from the driver's side: find an executor, send the task, and on a failure retry, on another executor if
// possible, up to the allowed number of failures. The same error for the same record twice in a row ends the task: a
// third attempt would end alike. A lost executor and a missing output do not count as failures of the task and have a
// bound of their own. Answers of executors may come late or never; an answer after the end of the job is ignored.
import { type Epoch, type ExecutorBackend, type ExecutorId, isMillraceError } from '@millrace/core';
import {
  deserializeError,
  type FailedRecord,
  type RecordErrors,
  type RunTask,
  serializeError,
  type TaskName,
  type TaskOutcome,
} from '@millrace/core/engine';
import { neverHeals } from '../errors/never-heals.ts';
import type { TaskSlots } from './task-slots.ts';
import type { JobIdentity } from '../rdd/job-runner.ts';
import type { RddNode } from '../rdd/rdd-node.ts';
import { OPERATOR_OF_NO_STREAM } from '../record-errors/failed-record-error.ts';
import { rddError } from '../rdd/rdd-errors.ts';

/** The part of a task message that depends on the executor. */
export type TaskMessage = Pick<RunTask, 'inputs' | 'zeroTime' | 'skipped' | 'snapshots' | 'shuffles'>;

/** A task with everything needed to run the task. */
export interface TaskRun {
  /** For a `map` task the RDD behind the shuffle: the RDD's id is the id of the shuffle. */
  readonly rdd: RddNode<unknown>;
  readonly partition: number;
  readonly kind: TaskName['kind'];
  readonly action?: string;
  /** Executors that have the task's data. */
  readonly preferred: readonly ExecutorId[];
  /** True: the task waits for its preferred executors as long as they live. */
  readonly stays: boolean;
  /** Executors of last resort. Default none. */
  readonly avoided?: readonly ExecutorId[];
  /** Called for every executor that the task is sent to. */
  readonly onPlaced?: (executorId: ExecutorId) => void;
  readonly identity: JobIdentity;
  /** Further content of the message to this executor. */
  readonly messageFor: (executorId: ExecutorId) => TaskMessage;
  /** Called when the executor has answered this message. */
  readonly onAnswer?: (executorId: ExecutorId, message: TaskMessage) => void;
  /** Decodes an answer that came as bytes. */
  readonly decode?: (value: unknown) => unknown;
  /**
   * Called with the records that the task has left out, before the task counts as done. Default: ignored.
   *
   * @throws `MR_RECORD_ERRORS_TOO_MANY`.
   */
  readonly onRecordErrors?: (reports: readonly RecordErrors[]) => void;
  readonly maxFailures: number;
  /** Allowed number of lost executors and missing outputs. None of these counts as a failure of the task. */
  readonly maxLosses: number;
  readonly epoch: Epoch;
  /** Numbers what this driver sends, for cancelling. */
  readonly nextRunId: () => number;
  readonly backend: Pick<ExecutorBackend, 'ask'>;
  readonly slots: TaskSlots;
  /** Aborted when the job ends early: no task waits for an executor any more, and running tasks are cancelled. */
  readonly over: AbortController;
  /** Recreates the output of a map partition that a task has found missing. */
  readonly onOutputMissing: (shuffleId: string, mapPartition: number) => Promise<void>;
}

/** The answer of a task, with the answering executor. */
export interface TaskAnswer {
  readonly value: unknown;
  readonly executorId: ExecutorId;
}

interface Failure {
  readonly executorId: ExecutorId;
  readonly error: Error;
  /** The record for which a function failed, if that was the reason. */
  readonly failedRecord: FailedRecord | undefined;
  /** The cause lies outside the task: a lost executor or a missing output. */
  readonly isLoss: boolean;
}

/** The executor did not answer, or an output was lost with its executor. */
const LOSSES = ['MR_EXECUTOR_UNREACHABLE', 'MR_RDD_SHUFFLE_OUTPUT_MISSING'] as const;

/**
 * Runs a task until success. A permanent failure ends the job before the executor is given to another task.
 *
 * @throws `MR_RDD_TASK_FAILED` with the last error as its cause; an error that must stop the engine at once, for
 * instance `MR_EXECUTOR_STALE_EPOCH`; `MR_RDD_NO_EXECUTOR`; or the reason of the job's end.
 */
export async function runTask(run: TaskRun): Promise<TaskAnswer> {
  const { slots, over, preferred, stays, avoided = [], onPlaced } = run;
  const rank = run.identity.batchTime;
  const failures: Failure[] = [];
  for (;;) {
    const failedOn = [...avoided, ...failures.filter(isOfItsExecutor).map(({ executorId }) => executorId)];
    const executorId = await slots.acquire({ preferred, stays, failedOn, rank, signal: over.signal });
    onPlaced?.(executorId);
    try {
      over.signal.throwIfAborted();
      const outcome = await askOnce(run, executorId, failures.length);
      if (outcome.ok) return { value: outcome.value, executorId };
      const error = deserializeError(outcome.error);
      const isLoss = LOSSES.some((code) => isMillraceError(error, code));
      failures.push({ executorId, error, failedRecord: outcome.failedRecord, isLoss });
      endIfHopeless(run, failures);
    } finally {
      slots.release(executorId);
    }
    await bringBackOutput(run, failures.at(-1)?.error);
  }
}

/** A missing output is no reason to choose another executor. */
function isOfItsExecutor({ error }: Failure): boolean {
  return !isMillraceError(error, 'MR_RDD_SHUFFLE_OUTPUT_MISSING');
}

/** Sends the task, and cancels the task when its job ends before the answer. */
async function askOnce(run: TaskRun, executorId: ExecutorId, attempt: number): Promise<TaskOutcome> {
  const { backend, epoch, messageFor, onAnswer, decode, over, nextRunId } = run;
  const runId = nextRunId();
  const cancel = () => void backend.ask(executorId, 'CancelTask', { epoch, runId }).catch(() => undefined);
  over.signal.addEventListener('abort', cancel, { once: true });
  try {
    const message = messageFor(executorId);
    const task = nameOf(run);
    const outcome = await backend.ask(executorId, 'RunTask', { epoch, task, attempt, runId, ...message });
    onAnswer?.(executorId, message);
    over.signal.throwIfAborted();
    if (outcome.ok && outcome.recordErrors !== undefined) run.onRecordErrors?.(outcome.recordErrors);
    const isBytes = outcome.ok && outcome.isEncoded === true && decode !== undefined;
    return isBytes ? { ok: true, value: decode(outcome.value) } : outcome;
  } catch (error) {
    return { ok: false, error: serializeError(error) };
  } finally {
    over.signal.removeEventListener('abort', cancel);
  }
}

/** Ends the job when the task must not, or may not, be retried. */
function endIfHopeless(run: TaskRun, failures: readonly Failure[]): void {
  const last = failures.at(-1)?.error;
  const mustStop = isMillraceError(last) && last.disposition === 'stop-engine';
  const losses = failures.filter(({ isLoss }) => isLoss).length;
  const mayHeal = !mustStop && !neverHeals(last) && !isRepeated(failures);
  if (mayHeal && failures.length - losses < run.maxFailures && losses < run.maxLosses) return;
  const error = mustStop ? last : taskFailed(run, failures);
  run.over.abort(error);
  throw error;
}

/** True when the last two failures of the task itself are the same error for the same record. */
function isRepeated(failures: readonly Failure[]): boolean {
  const [before, last] = failures.filter(({ isLoss }) => !isLoss).slice(-2);
  const [one, other] = [before?.failedRecord, last?.failedRecord];
  if (before === undefined || last === undefined || one === undefined || other === undefined) return false;
  const isSameRecord =
    one.rddId === other.rddId && one.partition === other.partition && one.record === other.record;
  return isSameRecord && before.error.name === last.error.name && before.error.message === last.error.message;
}

/** Has a map task run again when a task found its output missing. */
async function bringBackOutput(run: TaskRun, error: unknown): Promise<void> {
  if (!isMillraceError(error, 'MR_RDD_SHUFFLE_OUTPUT_MISSING')) return;
  const { shuffleId, mapPartition } = error.details;
  await run.onOutputMissing(String(shuffleId), Number(mapPartition));
}

function nameOf({ identity, rdd, partition, kind, action }: TaskRun): TaskName {
  const { batchTime, outputOperation } = identity;
  return {
    batchTime,
    outputOperation,
    rddId: rdd.id,
    partition,
    kind,
    ...(action === undefined ? {} : { action }),
  };
}

function taskFailed(run: TaskRun, failures: readonly Failure[]): Error {
  const cause = failures.at(-1)?.error;
  const losses = failures.filter(({ isLoss }) => isLoss).length;
  const task = nameOf(run);
  const { kind, partition, rddId, batchTime } = task;
  const record = failures.at(-1)?.failedRecord;
  const isFinal = isRepeated(failures);
  const message = `the ${kind} task of partition ${partition} of rdd ${rddId} in batch ${batchTime} failed ${failures.length - losses} times and lost its executor or an output that it reads ${losses} times, last with: ${cause?.message}`;
  return rddError(
    'MR_RDD_TASK_FAILED',
    record === undefined ? message : `${message}; ${inWords(record, isFinal)}`,
    {
      details: {
        ...task,
        failures: failures.map(describeFailure),
        ...(record === undefined ? {} : { failedRecord: record }),
        ...(isFinal ? { isFinal } : {}),
      },
      cause,
    },
  );
}

function inWords({ stream, operator, definedAt, record }: FailedRecord, isFinal: boolean): string {
  const often = isFinal ? ', twice in a row with the same error' : '';
  if (operator === OPERATOR_OF_NO_STREAM)
    return `the function of an operator on rdd ${stream} failed for the record ${record}${often}; onRecordError applies to operators of streams alone, so call the operator on the stream instead of inside foreachRDD`;
  const at = definedAt === undefined ? '' : `, defined at ${definedAt}`;
  return `the function of ${operator} of stream ${stream}${at} failed for the record ${record}${often}; onRecordError can leave such records out`;
}

/** Every failure is reported: the last failure may only be a consequence of the executor chosen after the first. */
function describeFailure({ executorId, error }: Failure): Readonly<Record<string, unknown>> {
  const { name, message } = error;
  return { executorId, error: isMillraceError(error) ? error.code : name, message };
}
