// The inputs of the program: receivers, files, queues. Inputs are tracked one by one up to a bound, and summed beyond.
import type { BatchInfo, ReceiverInfo, ReceiverRateInfo } from '@millrace/core';
import type { EngineReading } from '@millrace/core/observation';
import { INPUTS_MAX, OTHERS_ID, OTHERS_NAME } from '../history/batch-rows.ts';
import type { ObservedInput } from '../schema/engine-state.ts';
import { cutName } from '../text/cut-text.ts';
import { type Moments, ObservedStream } from './observed-stream.ts';

/** Inputs that are tracked one by one; further inputs are summed. */
export const TRACKED_INPUTS_MAX = 1_000;
/** Receivers that are not active and are listed although they are beyond the first 100 inputs. */
const INACTIVE_LISTED_MAX = 20;

/** The moment of an answer, see `ObservedStream.toObserved`. */
export interface WindowMoment {
  readonly newestStep: number;
  readonly seconds: number;
  readonly monotonicMs: number;
}

/** One input of a batch in the timelines. */
export interface InputOfPoint {
  readonly streamId: number;
  readonly name: string;
  readonly records: number;
  readonly rateLimit: number | undefined;
}

/** All inputs. */
export class InputTracker {
  readonly #streams = new Map<number, ObservedStream>();
  #others: ObservedStream | undefined;
  /** Undefined: to be counted again. */
  #bytes: number | undefined = 0;

  /** The bytes of all tracked inputs, by their own account. */
  get bytes(): number {
    if (this.#bytes !== undefined) return this.#bytes;
    let bytes = 0;
    for (const stream of this.#streams.values()) bytes += stream.bytesHeld;
    this.#bytes = bytes;
    return bytes;
  }

  /** The input, or the one that stands for all inputs beyond the bound. */
  of(streamId: number, name: string): ObservedStream {
    const known = this.#streams.get(streamId);
    if (known !== undefined) return known;
    if (this.#streams.size >= TRACKED_INPUTS_MAX) {
      this.#others ??= new ObservedStream(OTHERS_ID, OTHERS_NAME);
      return this.#others;
    }
    const stream = new ObservedStream(streamId, name);
    this.#streams.set(streamId, stream);
    this.#bytes = undefined;
    return stream;
  }

  /** The bounded name of a stream. */
  readonly nameOf = (streamId: number, name: string): string => {
    const stream = this.of(streamId, name);
    return stream.streamId === OTHERS_ID ? cutName(name) : stream.name;
  };

  /** Takes the state of a receiver from an event of that moment. True when the state is another one. */
  takeReceiver(info: ReceiverInfo, moment: Moments): boolean {
    const stream = this.of(info.streamId, info.name);
    if (stream.streamId === OTHERS_ID) return false;
    stream.eventMs = moment.timeMs;
    this.#bytes = undefined;
    return stream.takeReceiver(info, moment);
  }

  /** Takes new limits of a receiver. */
  takeRate({ streamId, recordsPerSecond, cause }: ReceiverRateInfo): void {
    const stream = this.#streams.get(streamId);
    if (stream !== undefined) stream.rate = { recordsPerSecond, cause };
  }

  /** Takes the inputs of a completed batch. */
  takeBatch({ inputs }: BatchInfo, step: number): void {
    for (const input of inputs.values()) this.of(input.streamId, input.streamName).takeInput(input, step);
  }

  /** The sum of the limits of all receivers, in records per second; undefined: none is known. */
  rateLimit(): number | undefined {
    let sum: number | undefined;
    for (const { rate } of this.#streams.values())
      if (rate !== undefined) sum = (sum ?? 0) + rate.recordsPerSecond;
    return sum;
  }

  /** The inputs of a batch for the timelines, with the limits of now. */
  pointInputs({ inputs }: BatchInfo): readonly InputOfPoint[] {
    return [...inputs.values()].map(({ streamId, streamName, recordCount }) => {
      const stream = this.of(streamId, streamName);
      return { streamId, name: stream.name, records: recordCount, rateLimit: stream.rate?.recordsPerSecond };
    });
  }

  /** Takes a reading of the gauges. */
  takeReading({ receivers, executors, timeMs }: EngineReading, monotonicMs: number): void {
    this.#bytes = undefined;
    for (const receiver of receivers) {
      const stream = this.of(receiver.streamId, receiver.name);
      // A reading may be older than the newest event.
      if (stream.streamId !== OTHERS_ID && stream.eventMs <= timeMs)
        stream.takeReceiver(receiver, { timeMs, monotonicMs });
    }
    for (const executor of executors) {
      for (const { streamId, ...waiting } of executor.receivers)
        this.#streams.get(streamId)?.takeWaiting(waiting, monotonicMs);
    }
  }

  /** All tracked inputs, by stream id; those beyond the bound as the last one. */
  all(): readonly ObservedStream[] {
    const streams = [...this.#streams.values()].toSorted((one, other) => one.streamId - other.streamId);
    return this.#others === undefined ? streams : [...streams, this.#others];
  }

  /** One tracked input as plain data. */
  observed(streamId: number, moment: WindowMoment): ObservedInput | undefined {
    return this.#streams.get(streamId)?.toObserved(moment);
  }

  /**
   * At most the first 100 inputs, 20 further receivers that are not active, and the sum of all others, by stream id.
   */
  toObserved(moment: WindowMoment): readonly ObservedInput[] {
    const all = this.all();
    const listed = all.slice(0, INPUTS_MAX);
    const rest = all.slice(INPUTS_MAX);
    const isInactive = ({ isReceiver, state }: ObservedStream): boolean =>
      isReceiver && state !== 'active' && state !== 'stopped';
    const inactive = rest.filter(isInactive).slice(0, INACTIVE_LISTED_MAX);
    const summed = rest.filter((stream) => !inactive.includes(stream));
    const observed = [...listed, ...inactive].map((stream) => stream.toObserved(moment));
    return summed.length === 0
      ? observed
      : [...observed, sumOf(summed.map((stream) => stream.toObserved(moment)))];
  }
}

const SUMMED = [
  'recordsPerSecond',
  'bytesPerSecond',
  'records',
  'bytes',
  'blocks',
  'waitingRecords',
  'waitingBlocks',
  'waitingBytes',
  'unacknowledgedRecords',
  'leftOutRecords',
  'restarts',
  'recentRestarts',
  'errors',
] as const satisfies readonly (keyof ObservedInput)[];

/** Several inputs as one. */
function sumOf(inputs: readonly ObservedInput[]): ObservedInput {
  const sums = Object.fromEntries(
    SUMMED.map((field) => [field, inputs.reduce((sum, input) => sum + input[field], 0)]),
  ) as Record<(typeof SUMMED)[number], number>;
  return { streamId: OTHERS_ID, name: OTHERS_NAME, isReceiver: false, state: 'active', ...sums };
}
