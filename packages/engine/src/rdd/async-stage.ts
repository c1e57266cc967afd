// The records of one partition on their way through an asynchronous function. The records before come from a synchronous
// loop, the results leave into a synchronous loop, and in between a bounded number of calls is under way:
//
//   loop ──push──► waiting ──► under way, ≤ concurrency ──► settled, in order ──push──► loop
//                  ≤ 1 slice   └──────────── ≤ 4 × concurrency ────────────┘
//
// A slow record at the head of the order holds back at most the window: no further call begins until its result has
// left. The loop before waits between two slices while more than `concurrency` records are waiting (ADR 0024).
import type { AsyncCalls } from './async-calls.ts';
import type { AsyncOptions } from './async-options.ts';
import { pushInSlices } from './push-records.ts';
import type { TaskContext } from './rdd-node.ts';
import type { ChunkSink, RecordSink } from './record-sink.ts';
import { RecordQueue } from './record-queue.ts';

/** Calls under way and results that have not left, as a multiple of the calls under way. */
const WINDOW = 4;

/** The work of a stage. */
export interface AsyncStageDeps<T> {
  readonly calls: AsyncCalls<T>;
  readonly options: Pick<AsyncOptions, 'concurrency' | 'ordered'>;
  /** The records that leave for a record and the result of its call. An error counts as an error of the call. */
  readonly outputsOf: (record: T, result: unknown) => readonly unknown[];
  readonly context: TaskContext;
  /**
   * Leaves out a record whose call has failed, instead of ending the stage; called in the order of records. Default: the
   * stage ends.
   */
  readonly leaveOut?: (record: T, error: unknown) => void;
}

interface FailedCall<T> {
  readonly error: unknown;
  readonly record: T;
  readonly index: number;
}

type Outcome<T> = { readonly outputs: readonly unknown[] } | FailedCall<T>;

interface Slot<T> {
  outcome: Outcome<T> | undefined;
}

/** One partition of an asynchronous operator. */
export class AsyncStage<T> implements RecordSink<T> {
  readonly #deps: AsyncStageDeps<T>;
  readonly #over = new AbortController();
  readonly #waiting = new RecordQueue<T>();
  /** Number of records whose calls have begun. */
  #begun = 0;
  #underWay = 0;
  /** Number of records whose calls have begun and whose results have not left. */
  #held = 0;
  /** Ordered: the records held, in order. Otherwise: the records settled, in the order of settling. */
  readonly #slots = new RecordQueue<Slot<T>>();
  #isRead = false;
  /** Without order: the failed calls, until the last call has ended. */
  #failed: FailedCall<T>[] = [];
  /** True once a call has failed and the stage ends: no further call begins. */
  #hasFailed = false;
  #room: PromiseWithResolvers<void> | undefined;
  #news: PromiseWithResolvers<void> | undefined;

  constructor(deps: AsyncStageDeps<T>) {
    this.#deps = deps;
  }

  /** The surroundings of the loop before: it waits while too many records are waiting, and ends with the stage. */
  get contextBefore(): TaskContext {
    return { ...this.#deps.context, signal: this.#over.signal, yield: () => this.#pause() };
  }

  push(record: T): void {
    this.#waiting.push(record);
    this.#begin();
  }

  /** Must be called after the last record. */
  readAll(): void {
    this.#isRead = true;
    this.#tell();
  }

  /** Pushes all results; resolves after the last. Rejects with the error of a call, of `push`, or the reason of `end`. */
  async leave(push: ChunkSink<unknown>): Promise<void> {
    for (;;) {
      this.#over.signal.throwIfAborted();
      const settled = this.#takeSettled();
      if (settled.length > 0) {
        const outputs = settled.flatMap((outcome) => this.#outputsOf(outcome));
        await pushInSlices(outputs, this.#deps.context, push);
        this.#held -= settled.length;
        this.#begin();
      } else if (this.#isRead && this.#held === 0 && this.#waiting.length === 0) {
        this.#leaveOutFailed();
        return;
      } else {
        this.#news = Promise.withResolvers();
        await this.#news.promise;
      }
    }
  }

  /** Ends the stage: aborts all calls and the loop before. Without effect when called again. */
  end(reason: unknown): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(reason);
    this.#deps.context.calls.underWay -= this.#underWay;
    this.#deps.calls.end(reason);
    this.#room?.reject(reason);
    this.#news?.reject(reason);
  }

  #pause(): Promise<void> | undefined {
    const { context, options } = this.#deps;
    // After the end no call makes room.
    this.#over.signal.throwIfAborted();
    if (this.#waiting.length <= options.concurrency) return context.yield();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Begins as many calls as there is room for. */
  #begin(): void {
    const { concurrency } = this.#deps.options;
    while (
      this.#waiting.length > 0 &&
      this.#underWay < concurrency &&
      this.#held < WINDOW * concurrency &&
      !this.#hasFailed &&
      !this.#over.signal.aborted
    )
      void this.#call(this.#waiting.shift());
    if (this.#waiting.length > concurrency) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  async #call(record: T): Promise<void> {
    const { calls, options, context, outputsOf, leaveOut } = this.#deps;
    const slot: Slot<T> = { outcome: undefined };
    if (options.ordered) this.#slots.push(slot);
    const index = this.#begun;
    this.#begun += 1;
    this.#held += 1;
    this.#underWay += 1;
    context.calls.underWay += 1;
    let outcome: Outcome<T>;
    try {
      outcome = { outputs: outputsOf(record, await calls.of(record, index)) };
    } catch (error) {
      outcome = { error, record, index };
      this.#hasFailed ||= leaveOut === undefined;
    }
    if (this.#over.signal.aborted) return;
    context.calls.underWay -= 1;
    this.#underWay -= 1;
    slot.outcome = outcome;
    if (!options.ordered) this.#slots.push(slot);
    this.#begin();
    this.#tell();
  }

  /** Records are left out in their order: reports of a partition are the same whenever the partition is computed. */
  #outputsOf(outcome: Outcome<T>): readonly unknown[] {
    if ('outputs' in outcome) return outcome.outputs;
    const { leaveOut, options, context } = this.#deps;
    if (leaveOut === undefined) throw outcome.error;
    this.#failed.push(outcome);
    const areTooMany = this.#failed.length > context.recordErrors.limits.maxRecordErrors;
    if (options.ordered || areTooMany) this.#leaveOutFailed();
    return [];
  }

  #leaveOutFailed(): void {
    const failed = this.#failed.toSorted((one, other) => one.index - other.index);
    this.#failed = [];
    for (const { record, error } of failed) this.#deps.leaveOut?.(record, error);
  }

  /** Takes the slots that can leave now, in order. */
  #takeSettled(): readonly Outcome<T>[] {
    const settled: Outcome<T>[] = [];
    for (
      let outcome = this.#slots.first?.outcome;
      outcome !== undefined;
      outcome = this.#slots.first?.outcome
    ) {
      this.#slots.shift();
      settled.push(outcome);
    }
    return settled;
  }

  #tell(): void {
    this.#news?.resolve();
    this.#news = undefined;
  }
}
