// The calls of a program's asynchronous function for the records of one partition: attempts, pauses, time-outs, and the
// end of all calls at once. How many calls are under way is up to the caller, see `async-stage.ts`.
import { backOffDelayMs, type Clock, isMillraceError, type RandomSource } from '@millrace/core';
import { asError, recordText } from '@millrace/core/engine';
import type { AsyncOptions } from './async-options.ts';
import { rddError } from './rdd-errors.ts';
import { type OperatorPartition, type RecordIdentity, RecordOfPartition } from './record-identity.ts';

/** What an asynchronous function learns about its call, besides the record. */
export interface AsyncCall {
  /**
   * Aborted when nobody waits for the result any more: the attempt timed out, the task was cancelled or failed, its
   * batch failed, or the engine stops.
   */
  readonly signal: AbortSignal;
  /** The record's identity, the same on every attempt and on every re-run of the batch: fit as an idempotency key. */
  readonly batch: RecordIdentity;
  /** The attempt at this record in this run of the task, from 0. */
  readonly attempt: number;
}

/** A function of the program. */
export type AsyncFunction<T> = (record: T, call: AsyncCall) => unknown;

/** The first pause before another attempt, and the longest, in milliseconds. */
const PAUSE_MS = { firstMs: 100, maxMs: 10_000 };

/** Collaborators and settings of the calls. */
export interface AsyncCallsDeps<T> {
  /** The name of the operator, for messages. */
  readonly kind: string;
  readonly fn: AsyncFunction<T>;
  readonly options: Pick<AsyncOptions, 'timeoutMs' | 'attempts'>;
  readonly place: OperatorPartition;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** The record of the program inside a record of the engine's own form, for messages. Default: the record itself. */
  readonly original?: (record: T) => unknown;
  /** The line of the program that made the operator, for messages. */
  readonly definedAt?: string | undefined;
}

/** The calls for the records of one partition. */
export class AsyncCalls<T> {
  readonly #deps: AsyncCallsDeps<T>;
  readonly #open = new Set<OpenCall>();
  readonly #over = new AbortController();

  constructor(deps: AsyncCallsDeps<T>) {
    this.#deps = deps;
  }

  /**
   * The result for the record at this place of the partition.
   *
   * @throws `MR_RDD_CALL_FAILED` when the last attempt failed; the reason of `end`.
   */
  async of(record: T, index: number): Promise<unknown> {
    const { options, clock, random } = this.#deps;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#attempt(record, index, attempt);
      } catch (error) {
        this.#over.signal.throwIfAborted();
        if (attempt + 1 >= options.attempts) throw this.#failed(record, index, error);
        await clock.sleepFor(backOffDelayMs(attempt, { ...PAUSE_MS, random }), this.#over.signal);
      }
    }
  }

  /** Ends all calls under way: their signals are aborted, and `of` rejects with the reason. */
  end(reason: unknown): void {
    this.#over.abort(reason);
    for (const call of this.#open) call.end(reason);
  }

  async #attempt(record: T, index: number, attempt: number): Promise<unknown> {
    const { fn, options, place, clock } = this.#deps;
    const { timeoutMs } = options;
    const call = new OpenCall(new RecordOfPartition(place, index), attempt);
    this.#open.add(call);
    const timer =
      timeoutMs === undefined ? undefined : clock.after(timeoutMs, () => call.end(this.#timedOut(timeoutMs)));
    try {
      return await call.resultOf(fn, record);
    } finally {
      timer?.cancel();
      this.#open.delete(call);
    }
  }

  #timedOut(timeoutMs: number): Error {
    const { kind } = this.#deps;
    return rddError('MR_RDD_CALL_TIMED_OUT', `the function of ${kind} took longer than ${timeoutMs} ms`, {
      details: { operator: kind, timeoutMs },
    });
  }

  #failed(record: T, index: number, cause: unknown): Error {
    const { kind, options, place, original = (same: T): unknown => same, definedAt } = this.#deps;
    const { operator: stream, batchTime, partition } = place;
    const { attempts } = options;
    const words = recordText(original(record));
    const at = definedAt === undefined ? '' : `, defined at ${definedAt},`;
    const how = attempts === 1 ? 'failed' : `failed ${attempts} times`;
    const named = { operator: kind, stream, batchTime, partition, index, attempts, record: words };
    return rddError(
      'MR_RDD_CALL_FAILED',
      `the function of ${kind} of stream ${stream}${at} ${how} for the record ${words}, record ${index} of partition ${partition} of batch ${batchTime}, last with: ${asError(cause).message}`,
      { details: definedAt === undefined ? named : { ...named, definedAt }, cause },
    );
  }
}

/** The reason why the last attempt failed; the error itself when no call has failed. */
export function causeOfCall(error: unknown): unknown {
  return isMillraceError(error, 'MR_RDD_CALL_FAILED') ? error.cause : error;
}

/** One attempt. The signal is made on demand: most functions do not ask for a signal. */
class OpenCall implements AsyncCall {
  readonly batch: RecordIdentity;
  readonly attempt: number;
  #reject: ((reason: unknown) => void) | undefined;
  #controller: AbortController | undefined;
  #end: { readonly reason: unknown } | undefined;

  constructor(batch: RecordIdentity, attempt: number) {
    this.batch = batch;
    this.attempt = attempt;
  }

  /** The result of the function, or the reason of `end` if that comes first. Called once. */
  resultOf<T>(fn: AsyncFunction<T>, record: T): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      Promise.resolve(fn(record, this)).then(resolve, reject);
    });
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#end !== undefined) this.#controller.abort(this.#end.reason);
    }
    return this.#controller.signal;
  }

  end(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { reason };
    this.#reject?.(reason);
    this.#controller?.abort(reason);
  }
}
