// One input of the program: its counters and its newest state.
import type { SerializedError, ReceiverInfo, ReceiverRateInfo, StreamInputInfo } from '@millrace/core';
import type { ReceiverReading } from '@millrace/core/observation';
import type { ObservedInput } from '../schema/engine-state.ts';
import { cutName, cutText, MESSAGE_LENGTH_MAX } from '../text/cut-text.ts';
import { messageWithCauses } from '../text/error-message.ts';
import { GrowthMeter } from './growth-meter.ts';
import { RecentAmounts } from './recent-amounts.ts';
import { RollingSum } from './rolling-sum.ts';

/** The span of recent restarts, in milliseconds. */
export const RECENT_RESTARTS_MS = 120_000;
/** An error this short before the end is the cause of the end. */
const END_MS = 1_000;
const LAG_SPAN_MS = 60_000;
/** Objects and arrays of an input without its texts, in the account of the observer. */
const INPUT_BYTES = 1_600;

/** A moment in wall time and in monotonic time, in milliseconds. */
export interface Moments {
  readonly timeMs: number;
  readonly monotonicMs: number;
}

/** The amounts of a receiver that only gauges tell. */
type Waiting = Omit<ReceiverReading, 'streamId'>;

const NOTHING_WAITS: Waiting = Object.freeze({
  waitingRecords: 0,
  waitingBlocks: 0,
  waitingBytes: 0,
  unacknowledgedRecords: 0,
});

/** Counters and state of one input. */
export class ObservedStream {
  readonly streamId: number;
  readonly name: string;
  isReceiver = false;
  records = 0;
  bytes = 0;
  blocks = 0;
  errors = 0;
  leftOutRecords = 0;
  /** True when the receiver has ended with an error. */
  endedByError = false;
  /** The time of the newest event of the receiver, in wall ms. */
  eventMs = Number.NEGATIVE_INFINITY;
  waiting: Waiting = NOTHING_WAITS;
  rate: Pick<ReceiverRateInfo, 'recordsPerSecond' | 'cause'> | undefined;
  /** Since when the receiver is not active, in monotonic ms; undefined: active, or no receiver. */
  inactiveSinceMs: number | undefined;
  /** Since when the receiver is active, in monotonic ms. */
  activeSinceMs: number | undefined;
  #state: ObservedInput['state'] = 'active';
  #place: { readonly host?: string; readonly executorId?: string } = {};
  #restarts = 0;
  #lastError: ObservedInput['lastError'];
  #restartSum: RollingSum | undefined;
  #lag: GrowthMeter | undefined;
  readonly #recentRecords = new RecentAmounts();
  readonly #recentBytes = new RecentAmounts();

  constructor(streamId: number, name: string) {
    this.streamId = streamId;
    this.name = cutName(name);
  }

  get state(): ObservedInput['state'] {
    return this.#state;
  }

  get bytesHeld(): number {
    return INPUT_BYTES + 2 * (this.name.length + (this.#lastError?.message.length ?? 0));
  }

  /** Takes the state of the receiver, from an event or a reading. True when the state is another one. */
  takeReceiver(info: ReceiverInfo, { timeMs, monotonicMs }: Moments): boolean {
    const { state, host, executorId, lastError, lastErrorMessage, lastErrorMs } = info;
    const isOther = !this.isReceiver || state !== this.#state;
    this.isReceiver = true;
    if (isOther) {
      this.#moveTo(state, monotonicMs);
      this.endedByError = state === 'stopped' && lastErrorMs !== undefined && timeMs - lastErrorMs <= END_MS;
    }
    if (this.#place.host !== host || this.#place.executorId !== executorId) {
      this.#place = {
        ...(host === undefined ? {} : { host: cutName(host) }),
        ...(executorId === undefined ? {} : { executorId: cutName(executorId) }),
      };
    }
    if (info.restarts > this.#restarts) {
      this.#restartSum ??= new RollingSum(RECENT_RESTARTS_MS);
      this.#restartSum.add(info.restarts - this.#restarts, monotonicMs);
    }
    this.#restarts = info.restarts;
    this.leftOutRecords = Math.max(this.leftOutRecords, info.leftOutRecords ?? 0);
    if (lastErrorMessage !== undefined && this.#isOtherError(lastErrorMessage, lastErrorMs ?? 0)) {
      this.#lastError = {
        message: cutText(errorText(lastErrorMessage, lastError), MESSAGE_LENGTH_MAX),
        timeMs: lastErrorMs ?? 0,
        ...(lastError?.code === undefined ? {} : { code: cutText(lastError.code, 100) }),
      };
    }
    return isOther;
  }

  /** Takes the amounts of a reading. */
  takeWaiting(reading: Waiting, monotonicMs: number): void {
    this.waiting = reading;
    if (reading.lagRecords === undefined) return;
    this.#lag ??= new GrowthMeter(LAG_SPAN_MS);
    this.#lag.take(reading.lagRecords, monotonicMs);
  }

  /** Takes the input of a completed batch. */
  takeInput(input: Pick<StreamInputInfo, 'recordCount' | 'sizeBytes' | 'blockCount'>, step: number): void {
    this.records += input.recordCount;
    this.bytes += input.sizeBytes;
    this.blocks += input.blockCount;
    this.#recentRecords.add(step, input.recordCount);
    this.#recentBytes.add(step, input.sizeBytes);
  }

  /** Records of the window of steps. */
  recentRecords(newestStep: number): number {
    return this.#recentRecords.sum(newestStep);
  }

  /** The input as plain data. `seconds`: the time of the window of steps. */
  toObserved(moment: {
    readonly newestStep: number;
    readonly seconds: number;
    readonly monotonicMs: number;
  }): ObservedInput {
    const { newestStep, seconds, monotonicMs } = moment;
    const perSecond = (amount: number): number =>
      seconds === 0 ? 0 : Math.round((10 * amount) / seconds) / 10;
    const { lagRecords, redeliveredRecords, droppedRecords } = this.waiting;
    const { lagGrowth } = this;
    return {
      streamId: this.streamId,
      name: this.name,
      isReceiver: this.isReceiver,
      state: this.#state,
      ...this.#place,
      recordsPerSecond: perSecond(this.#recentRecords.sum(newestStep)),
      bytesPerSecond: perSecond(this.#recentBytes.sum(newestStep)),
      records: this.records,
      bytes: this.bytes,
      blocks: this.blocks,
      ...(this.rate === undefined
        ? {}
        : { rateLimit: this.rate.recordsPerSecond, rateLimitCause: this.rate.cause }),
      waitingRecords: this.waiting.waitingRecords,
      waitingBlocks: this.waiting.waitingBlocks,
      waitingBytes: this.waiting.waitingBytes,
      unacknowledgedRecords: this.waiting.unacknowledgedRecords,
      ...(lagRecords === undefined ? {} : { lagRecords }),
      ...(lagGrowth === undefined ? {} : { lagGrowth: Math.round(10 * lagGrowth) / 10 }),
      ...(redeliveredRecords === undefined ? {} : { redeliveredRecords }),
      ...(droppedRecords === undefined ? {} : { droppedRecords }),
      leftOutRecords: this.leftOutRecords,
      restarts: this.#restarts,
      recentRestarts: this.recentRestarts(monotonicMs),
      errors: this.errors,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  get restarts(): number {
    return this.#restarts;
  }

  get lastError(): ObservedInput['lastError'] {
    return this.#lastError;
  }

  /** The growth of the lag over the newest minute, in records per second; undefined: not known. */
  get lagGrowth(): number | undefined {
    return this.waiting.lagRecords === undefined ? undefined : this.#lag?.perSecond;
  }

  /** Restarts of the newest two minutes. */
  recentRestarts(monotonicMs: number): number {
    return this.#restartSum?.sum(monotonicMs) ?? 0;
  }

  #moveTo(state: ObservedInput['state'], monotonicMs: number): void {
    this.#state = state;
    if (state === 'active') {
      this.activeSinceMs = monotonicMs;
      this.inactiveSinceMs = undefined;
      return;
    }
    this.activeSinceMs = undefined;
    this.inactiveSinceMs ??= monotonicMs;
    // A receiver without an executor has no source either.
    this.waiting = NOTHING_WAITS;
    this.#lag?.clear();
  }

  #isOtherError(message: string, timeMs: number): boolean {
    const last = this.#lastError;
    return last === undefined || last.timeMs !== timeMs || !last.message.startsWith(message.slice(0, 100));
  }
}

/** The message of the engine, which names the failed step, with the receiver's own error. */
function errorText(message: string, error: SerializedError | undefined): string {
  return error === undefined ? message : messageWithCauses({ name: 'Error', message, cause: error });
}
