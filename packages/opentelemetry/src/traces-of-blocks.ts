// The traces in the metadata of received blocks, by the convention that receivers keep: `traceparent`, or the list
// `traceparents`.
import type { StreamInputInfo } from '@millrace/core';
import type { TraceSource } from './trace-source.ts';

/**
 * The traces of an input: of each block whose metadata has `traceparent` or `traceparents`, as stored by
 * `context.storeBlock(records, { traceparent })`.
 */
export function* tracesOfBlocks({ metadata }: StreamInputInfo): Generator<TraceSource> {
  const { blocks } = metadata;
  if (!Array.isArray(blocks)) return;
  for (const block of blocks as readonly unknown[]) {
    if (typeof block !== 'object' || block === null) continue;
    const { traceparent, traceparents } = block as Readonly<Record<string, unknown>>;
    if (traceparent !== undefined) yield block;
    if (Array.isArray(traceparents)) yield* traceparents as readonly TraceSource[];
  }
}
