// Pushes records into a chunk sink in slices, and lets the event loop turn in between: one partition must not delay
// timers, receivers and messages, however many records the partition has.
import type { TaskContext } from './rdd-node.ts';
import type { ChunkSink } from './record-sink.ts';

/** Small enough that a slice with a slow function still ends soon, large enough to cost nothing beside the records. */
export const sliceRecords = 1_024;

/** Pushes the records `from ≤ index < to` of an array (default: all). */
export async function pushInSlices<T>(
  records: readonly T[],
  context: TaskContext,
  push: ChunkSink<T>,
  { from: first = 0, to = records.length }: { readonly from?: number; readonly to?: number } = {},
): Promise<void> {
  for (let from = first; from < to; from += sliceRecords) {
    push(records, from, Math.min(from + sliceRecords, to));
    const pause = pauseOf(context);
    if (pause !== undefined) await pause;
  }
}

/** Pushes the elements of an iterable, taking no more than one slice at a time. */
export async function pushIterable<T>(
  records: Iterable<T>,
  context: TaskContext,
  push: ChunkSink<T>,
): Promise<void> {
  if (Array.isArray(records)) return pushInSlices<T>(records, context, push);
  let slice: T[] = [];
  for (const record of records) {
    slice.push(record);
    if (slice.length < sliceRecords) continue;
    push(slice, 0, slice.length);
    slice = [];
    const pause = pauseOf(context);
    if (pause !== undefined) await pause;
  }
  push(slice, 0, slice.length);
}

/**
 * Ends a cancelled task; else returns a promise to wait for, or undefined. Undefined costs no turn of the event
 * loop.
 */
export function pauseOf(context: TaskContext): Promise<void> | undefined {
  context.signal.throwIfAborted();
  return context.yield();
}
