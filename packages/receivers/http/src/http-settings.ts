// Options of a start, with the defaults that depend on the machine. Bounds in bytes follow the heap of the thread that hosts
// the receiver, like the bounds of the engine.
import { heapLimitBytes } from '@millrace/core/engine';
import type { HttpOptions } from './http.options.ts';

const BYTES_IN_FLIGHT_MAX = 64 * 1_024 * 1_024;
const HEAP_SHARE = 1 / 8;

/** The options that both receivers share, with all bounds resolved. */
export interface HttpSettings extends HttpOptions {
  readonly maxDecompressedBytes: number;
  readonly maxBytesInFlight: number;
}

/**
 * Fills in the bounds that the program left out. `maxBytesInFlight` becomes an eighth of the heap, at most 64 MiB and at
 * least the largest body. `maxDecompressedBytes` becomes `maxBodyBytes`.
 *
 * @param heapBytes The limit of the heap, by default of this thread.
 */
export function httpSettings(options: HttpOptions, heapBytes = heapLimitBytes()): HttpSettings {
  const { maxBodyBytes, maxDecompressedBytes = options.maxBodyBytes } = options;
  const least = Math.max(maxBodyBytes, maxDecompressedBytes);
  const byHeap = Math.min(BYTES_IN_FLIGHT_MAX, Math.floor(heapBytes * HEAP_SHARE));
  const { maxBytesInFlight = Math.max(byHeap, least) } = options;
  return { ...options, maxDecompressedBytes, maxBytesInFlight };
}
