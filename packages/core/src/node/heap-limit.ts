// The heap limit of this thread. Bounds in bytes that are generous on a large machine would let a small machine run out
// of memory first; the defaults of such bounds are therefore shares of this limit.
import { getHeapStatistics } from 'node:v8';

/** The limit of this thread's heap in bytes, as set at the start of Node.js or of the thread. */
export function heapLimitBytes(): number {
  return getHeapStatistics().heap_size_limit;
}
