// The events of batches that wait for a listener with `postpone`. At short intervals there are hundreds a second, and each one
// alone would be work with cold caches; together they cost a fraction, and most are passed when the batch is completed.
import type { BatchTime } from '@millrace/core';
import { isPostponable } from './postponable.ts';
import type { PostedEvent } from './posted-event.ts';

/** The end of a batch is due when the newest delivery is this long ago, in milliseconds. */
const WAIT_MS = 1_000;
const EVENTS_MAX = 1_000;
/** Inputs of all waiting batches: an event holds the inputs of its batch in memory. */
const INPUTS_MAX = 1_000;

/** Decides when the waiting events of one listener are due. */
export class Postponement {
  #events = 0;
  #inputs = 0;
  /** Waiting events that the end of their batch may pass. */
  #open = 0;
  #deliveredMs = Number.NEGATIVE_INFINITY;

  /** Counts a waiting event. Returns true when all waiting events are to be delivered now. */
  isDue({ event, original, postedMs }: PostedEvent): boolean {
    if (!isPostponable(event)) return true;
    this.#events += 1;
    if (isOpen(event, original)) this.#open += 1;
    if ('operation' in original) {
      const { attempts, failure } = original.operation;
      // Every event of a retry or a failure counts, and an error may have any length: neither waits.
      if (attempts > 1 || failure !== undefined) return true;
    }
    if ('batch' in original) this.#inputs += original.batch.inputs.size;
    if (event === 'batch:completed' && postedMs - this.#deliveredMs >= WAIT_MS) return true;
    return this.#events >= EVENTS_MAX || this.#inputs >= INPUTS_MAX;
  }

  /**
   * Takes the newest events from the list as far as this event, the end of their batch, says all that they say: while they
   * are in the caches, and before the collector of garbage has copied them to old memory.
   */
  leaveOutPassed(waiting: PostedEvent[], { event, original }: PostedEvent): void {
    if (event !== 'batch:completed' || !('batch' in original)) return;
    const completed = new Set([original.batch.batchTime]);
    for (let newest = waiting.at(-1); newest !== undefined; newest = waiting.at(-1)) {
      if (!isPassed(newest, completed)) return;
      waiting.pop();
      // Events that wait for a slow listener since before the newest delivery are not counted.
      this.#events = Math.max(0, this.#events - 1);
      this.#open = Math.max(0, this.#open - 1);
      const inputs = 'batch' in newest.original ? newest.original.batch.inputs.size : 0;
      this.#inputs = Math.max(0, this.#inputs - inputs);
    }
  }

  /** A delivery begins. Returns the events that still say something, in their order. */
  begin(waiting: PostedEvent[], monotonicMs: number): PostedEvent[] {
    const mayBePassed = this.#open > 0;
    this.#events = 0;
    this.#inputs = 0;
    this.#open = 0;
    this.#deliveredMs = monotonicMs;
    if (!mayBePassed) return waiting;
    const completed = new Set<BatchTime>();
    for (const { event, original } of waiting)
      if (event === 'batch:completed' && 'batch' in original) completed.add(original.batch.batchTime);
    return waiting.filter((posted) => !isPassed(posted, completed));
  }
}

/** True for an event that the end of its batch may pass. */
function isOpen(event: PostedEvent['event'], original: PostedEvent['original']): boolean {
  return 'operation' in original || (event !== 'batch:completed' && 'batch' in original);
}

/** True when the event of the completed batch says all that this event says. */
function isPassed({ event, original }: PostedEvent, completed: ReadonlySet<BatchTime>): boolean {
  if ('operation' in original) {
    const { batchTime, attempts, failure } = original.operation;
    return completed.has(batchTime) && attempts <= 1 && failure === undefined;
  }
  return event !== 'batch:completed' && 'batch' in original && completed.has(original.batch.batchTime);
}
