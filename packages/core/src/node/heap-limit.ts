// How large the heap of this thread may become. Bounds in bytes that are generous on a large machine would let a small one
// run out of memory first; so the defaults of such bounds are shares of this.
import { getHeapStatistics } from 'node:v8';

/** The limit of this thread's heap in bytes, as Node.js was started or as the thread was made. */
export function heapLimitBytes(): number {
  return getHeapStatistics().heap_size_limit;
}
