// The events of batches that wait for a listener with `postpone`. At short intervals there are hundreds a second, and each one
// alone would be work with cold caches; together they cost a fraction, and most are passed when the batch is completed.
import type { BatchTime, StreamingEvents } from '@millrace/core';
import type { PostedEvent } from './posted-event.ts';

/** The end of a batch is due when the newest delivery is this long ago, in milliseconds. */
const WAIT_MS = 1_000;
const EVENTS_MAX = 1_000;
/** Inputs of all waiting batches: an event holds the inputs of its batch in memory. */
const INPUTS_MAX = 1_000;

const NAMES: ReadonlySet<keyof StreamingEvents> = new Set([
  'batch:submitted',
  'batch:started',
  'batch:completed',
  'output-operation:started',
  'output-operation:completed',
  'watermark:advanced',
  'state:changed',
] as const);

/** True for an event that may wait. The engine makes the content of such an event anew, and changes nothing of it. */
export function isPostponable(event: keyof StreamingEvents): boolean {
  return NAMES.has(event);
}

/** Decides when the waiting events of one listener are due. */
export class Postponement {
  #events = 0;
  #inputs = 0;
  #deliveredMs = Number.NEGATIVE_INFINITY;

  /** Counts a waiting event. Returns true when all waiting events are to be delivered now. */
  isDue({ event, original, postedMs }: PostedEvent): boolean {
    if (!isPostponable(event)) return true;
    this.#events += 1;
    if ('operation' in original) {
      const { attempts, failure } = original.operation;
      // Every event of a retry or a failure counts, and an error may have any length: neither waits.
      if (attempts > 1 || failure !== undefined) return true;
    }
    if ('batch' in original) this.#inputs += original.batch.inputs.size;
    if (event === 'batch:completed' && postedMs - this.#deliveredMs >= WAIT_MS) return true;
    return this.#events >= EVENTS_MAX || this.#inputs >= INPUTS_MAX;
  }

  /** A delivery begins. Returns the events that still say something, in their order. */
  begin(waiting: readonly PostedEvent[], monotonicMs: number): PostedEvent[] {
    this.#events = 0;
    this.#inputs = 0;
    this.#deliveredMs = monotonicMs;
    const completed = new Set<BatchTime>();
    for (const { event, original } of waiting)
      if (event === 'batch:completed' && 'batch' in original) completed.add(original.batch.batchTime);
    return waiting.filter((posted) => !isPassed(posted, completed));
  }
}

/** True when the event of the completed batch says all that this event says. */
function isPassed({ event, original }: PostedEvent, completed: ReadonlySet<BatchTime>): boolean {
  if ('operation' in original) {
    const { batchTime, attempts, failure } = original.operation;
    return completed.has(batchTime) && attempts <= 1 && failure === undefined;
  }
  return event !== 'batch:completed' && 'batch' in original && completed.has(original.batch.batchTime);
}
