// The jobs of one batch, with all reported facts of the batch while it waits, runs and ends.
import type {
  BatchInfo,
  BatchPhases,
  BatchTime,
  OutputOperationInfo,
  RecordErrorsInfo,
  StreamId,
  StreamInputInfo,
} from '@millrace/core';
import { type Moment, serializeError } from '@millrace/core/engine';
import type { Job } from './job.ts';

/** The generator's data of a batch at its submission. */
export interface JobSetContent {
  readonly batchTime: BatchTime;
  readonly jobs: readonly Job[];
  readonly inputs: ReadonlyMap<StreamId, StreamInputInfo>;
  /** Time spent before submission. */
  readonly phases: Pick<BatchPhases, 'generatorLagMs' | 'allocateMs' | 'generateMs'>;
  /** Set when the batch could not be generated: the batch has no jobs and counts as failed. */
  readonly generationFailure?: unknown;
  /** Makes the jobs again, for a batch that is held because making its jobs had failed. */
  readonly regenerate?: () => Promise<readonly Job[]>;
  /** True when the batch was generated again after recovery. */
  readonly isRerun?: boolean;
}

/** The counts of records that a batch has left out. */
export interface BatchErrorCounts {
  /** Records for which a function failed. */
  readonly recordErrors: number;
  readonly deadLetters: number;
  /** One for each operator. */
  readonly failed: readonly RecordErrorsInfo[];
}

/** `succeeded` and `failed` are final unless a held batch is retried, which makes the job `waiting` again. */
export type JobState = 'waiting' | 'running' | 'succeeded' | 'failed';

/** One job of a set and its progress. */
export class JobEntry {
  readonly job: Job;
  state: JobState = 'waiting';
  attempts = 0;
  startMs: number | undefined;
  endMs: number | undefined;
  failure: unknown;

  constructor(job: Job) {
    this.job = job;
  }

  /** A snapshot for listeners. */
  toInfo(): OutputOperationInfo {
    return {
      batchTime: this.job.batchTime,
      id: this.job.outputOperation,
      name: this.job.name,
      attempts: this.attempts,
      ...(this.startMs === undefined ? {} : { startMs: this.startMs }),
      ...(this.endMs === undefined ? {} : { endMs: this.endMs }),
      ...(this.failure === undefined ? {} : { failure: serializeError(this.failure) }),
    };
  }
}

/** A batch between its submission and its end. */
export class JobSet {
  readonly content: JobSetContent;
  readonly submitted: Moment;
  entries: readonly JobEntry[];
  generationFailure: unknown;
  started: Moment | undefined;
  ended: Moment | undefined;
  outcome: BatchInfo['outcome'];
  /** Undefined: no record was left out, or the batch has not ended. */
  recordErrors: BatchErrorCounts | undefined;

  constructor(content: JobSetContent, submitted: Moment) {
    this.content = content;
    this.submitted = submitted;
    this.entries = content.jobs.map((job) => new JobEntry(job));
    this.generationFailure = content.generationFailure;
  }

  get batchTime(): BatchTime {
    return this.content.batchTime;
  }

  /** The failure to report for the batch: the failure of generation, else of the first job that failed. */
  get failure(): unknown {
    return this.generationFailure ?? this.entries.find((entry) => entry.state === 'failed')?.failure;
  }

  /** True when a part of the batch failed for the last time. */
  get hasFailed(): boolean {
    return this.generationFailure !== undefined || this.entries.some((entry) => entry.state === 'failed');
  }

  /** True when no job is waiting or running any more. */
  get hasEnded(): boolean {
    return this.entries.every((entry) => entry.state === 'succeeded' || entry.state === 'failed');
  }

  /** Adds a job that runs after all others. */
  add(job: Job): void {
    this.entries = [...this.entries, new JobEntry(job)];
  }

  /** Makes every failed part ready to run again, the making of the jobs included. */
  async reset(): Promise<void> {
    if (this.generationFailure !== undefined && this.content.regenerate !== undefined) {
      this.entries = (await this.content.regenerate()).map((job) => new JobEntry(job));
      this.generationFailure = undefined;
    }
    for (const entry of this.entries) if (entry.state === 'failed') entry.state = 'waiting';
  }

  /** A snapshot for listeners. */
  toInfo(): BatchInfo {
    const { content, submitted, started, ended } = this;
    const queueMs = started ? started.monotonicMs - submitted.monotonicMs : 0;
    const processMs = started && ended ? ended.monotonicMs - started.monotonicMs : 0;
    const { generatorLagMs, allocateMs, generateMs } = content.phases;
    // Not the difference to the batch time, an instant of a wall clock that may have been set since.
    const totalDelayMs = generatorLagMs + allocateMs + generateMs + queueMs + processMs;
    let recordCount = 0;
    for (const input of content.inputs.values()) recordCount += input.recordCount;
    return {
      batchTime: content.batchTime,
      inputs: content.inputs,
      recordCount,
      submissionMs: submitted.wallMs,
      ...(started ? { processingStartMs: started.wallMs, schedulingDelayMs: queueMs } : {}),
      ...(ended ? { processingEndMs: ended.wallMs, totalDelayMs } : {}),
      ...(started && ended ? { processingDelayMs: processMs } : {}),
      phases: { ...content.phases, queueMs, processMs },
      outputOperations: this.entries.map((entry) => entry.toInfo()),
      isRerun: content.isRerun ?? false,
      ...countField('recordErrors', this.recordErrors?.recordErrors),
      ...countField('deadLetters', this.recordErrors?.deadLetters),
      ...(this.outcome === undefined ? {} : { outcome: this.outcome }),
    };
  }
}

/** A count above 0. */
function countField<K extends string>(name: K, count: number | undefined): { readonly [name in K]?: number } {
  return count === undefined || count === 0 ? {} : ({ [name]: count } as { readonly [name in K]: number });
}
