// The events of batches on their way into the memory of an observer. At short intervals there are hundreds a second, and each
// one alone would be work with cold caches; together they cost a fraction. The start of a batch or an operation that has ended
// meanwhile says nothing that the event of the end does not say, and is left out.
import type { BatchTime, StreamingEvents } from '@millrace/core';

/** The events that wait. */
export type BatchEventName = Extract<keyof StreamingEvents, `batch:${string}` | `output-operation:${string}`>;

/** The end of a batch is taken when the newest taking is this long ago, in milliseconds. */
const WAIT_MS = 250;
const EVENTS_MAX = 200;
/** Inputs of all waiting batches: an event holds the inputs of its batch in memory. */
const INPUTS_MAX = 1_000;

/** An event with the monotonic time of its arrival. */
export interface WaitingEvent<K extends BatchEventName = BatchEventName> {
  readonly event: K;
  readonly value: StreamingEvents[K];
  readonly monotonicMs: number;
}

const NAMES: ReadonlySet<string> = new Set<BatchEventName>([
  'batch:submitted',
  'batch:started',
  'batch:completed',
  'output-operation:started',
  'output-operation:completed',
]);

/** True for an event that may wait. */
export function isBatchEvent(event: keyof StreamingEvents): event is BatchEventName {
  return NAMES.has(event);
}

/** Keeps events in their order. */
export class EventBuffer {
  #waiting: WaitingEvent[] = [];
  #ended = new Set<BatchTime>();
  #inputs = 0;
  #takenMs = Number.NEGATIVE_INFINITY;

  /** Adds an event. Returns true when the waiting events should be taken now. */
  add<K extends BatchEventName>(event: K, value: StreamingEvents[K], monotonicMs: number): boolean {
    this.#waiting.push({ event, value, monotonicMs });
    if ('operation' in value) {
      const { attempts, failure } = value.operation;
      // Every event of a retry or a failure counts, and an error may have any length: neither waits.
      return attempts > 1 || failure !== undefined || this.#waiting.length >= EVENTS_MAX;
    }
    this.#inputs += value.batch.inputs.size;
    const hasEnded = event === 'batch:completed';
    if (hasEnded) this.#ended.add(value.batch.batchTime);
    const isDue = hasEnded && monotonicMs - this.#takenMs >= WAIT_MS;
    return isDue || this.#waiting.length >= EVENTS_MAX || this.#inputs >= INPUTS_MAX;
  }

  /** Takes the events that still say something, in their order. */
  takeAll(monotonicMs: number): readonly WaitingEvent[] {
    if (this.#waiting.length === 0) return this.#waiting;
    const [waiting, ended] = [this.#waiting, this.#ended];
    this.#takenMs = monotonicMs;
    this.#waiting = [];
    this.#ended = new Set();
    this.#inputs = 0;
    return waiting.filter(({ event, value }) => {
      if (event === 'batch:completed' || event === 'output-operation:completed') return true;
      const { batchTime } = 'operation' in value ? value.operation : value.batch;
      return !ended.has(batchTime);
    });
  }
}
