// The options of a start with the defaults that depend on the machine: bounds in bytes follow the heap of the thread that
// hosts the receiver, as the bounds of the engine do.
import { heapLimitBytes } from '@millrace/core';
import type { HttpOptions } from './http.options.ts';

const BYTES_IN_FLIGHT_MAX = 64 * 1_024 * 1_024;
const HEAP_SHARE = 1 / 8;

/** The options of `httpText`, and those that both receivers have, with every bound that a start has. */
export interface HttpSettings extends HttpOptions {
  readonly maxDecompressedBytes: number;
  readonly maxBytesInFlight: number;
}

/**
 * Fills in the bounds that nobody gave: what is in flight takes at most an eighth of the heap and 64 MiB, and unpacked
 * bodies are as large as those that come unpacked.
 *
 * @param heapBytes How large the heap may become; that of this thread.
 */
export function httpSettings(options: HttpOptions, heapBytes = heapLimitBytes()): HttpSettings {
  const { maxBodyBytes, maxDecompressedBytes = options.maxBodyBytes } = options;
  const least = Math.max(maxBodyBytes, maxDecompressedBytes);
  const byHeap = Math.min(BYTES_IN_FLIGHT_MAX, Math.floor(heapBytes * HEAP_SHARE));
  const { maxBytesInFlight = Math.max(byHeap, least) } = options;
  return { ...options, maxDecompressedBytes, maxBytesInFlight };
}
