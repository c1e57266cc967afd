// The time that each stream keeps its RDDs. Streams come in the order of definition, so a parent always precedes its
// derived streams: one walk forwards starts every stream, one walk backwards gives every parent the needs of its
// readers. Without recursion, the stack does not bound the depth of a program.
import type { BatchTime } from '@millrace/core';
import type { GraphStream } from './graph-stream.ts';

type AnyNode = GraphStream<unknown>;

/** The streams that `ends` depend on, including the `ends`. `streams` is in the order of definition. */
export function streamsRead(streams: readonly AnyNode[], ends: readonly AnyNode[]): ReadonlySet<AnyNode> {
  const read = new Set(ends);
  for (const stream of streams.toReversed()) {
    if (read.has(stream)) for (const parent of stream.parents) read.add(parent);
  }
  return read;
}

/**
 * Starts the streams in `read` and computes their `rememberMs`: at least one slide for each stream, at least
 * `rememberMs` for each of `ends`, and for a parent the needs of its readers.
 */
export function initializeLifetimes(options: {
  readonly streams: readonly AnyNode[];
  readonly read: ReadonlySet<AnyNode>;
  readonly ends: readonly AnyNode[];
  readonly zeroTime: BatchTime;
  readonly rememberMs: number;
}): void {
  const { zeroTime, rememberMs } = options;
  const streams = options.streams.filter((stream) => options.read.has(stream));
  for (const stream of streams) stream.initialize(zeroTime);
  for (const end of options.ends) end.remember(rememberMs);
  for (const stream of streams.toReversed()) {
    for (const parent of stream.parents) parent.remember(stream.parentRememberMs);
  }
}
