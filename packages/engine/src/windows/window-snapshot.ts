// A window with an inverse function as checkpoints have it, and what executors are told of it.
import type { BatchTime } from '@millrace/core';
import type { Aggregate } from '../rdd/sliding-aggregates.ts';
import type { StateSnapshot } from '../graph/checkpointed-state.ts';
import { dstreamError } from '../graph/dstream-errors.ts';
import type { WindowSpan } from './window-operator.ts';

/** The version of `WindowSnapshot` as it is exported. */
export const WINDOW_FORMAT = 1;

/** The exported state: data that every codec takes. */
export interface WindowSnapshot {
  readonly windowMs: number;
  readonly slideMs: number;
  readonly batchSlideMs: number;
  /** The time of the window; null: there was none yet. */
  readonly time: BatchTime | null;
  /** Encoded triples of key, value, and number of batches. */
  readonly window: Uint8Array;
  /** Encoded pairs of key and value of each batch, by time. */
  readonly batches: readonly (readonly [BatchTime, Uint8Array])[];
}

/** What an executor is told that it can load. */
export interface SnapshotDescriptor extends StateSnapshot {
  /** Whether there is a window of that time. */
  readonly hasWindow: boolean;
  /** Batches up to this one cannot be made any more: they are kept beside the window, or no window takes them in. */
  readonly batchesUpTo: BatchTime;
  /** The batches that are kept beside it. */
  readonly batches: readonly BatchTime[];
}

/** What can be loaded of it; `begin`: up to where there is no batch. `batchesUpTo`: the batch of the checkpoint. */
export function offerOf(
  kept: WindowSnapshot | undefined,
  begin: BatchTime,
  batchesUpTo: BatchTime = begin,
): SnapshotDescriptor {
  const { time, batches = [] } = kept ?? {};
  const upTo = time ?? begin;
  return {
    upTo,
    hasWindow: typeof time === 'number',
    batchesUpTo: Math.max(upTo, batchesUpTo),
    batches: batches.map(([at]) => at),
  };
}

/** A record of the window, as it was before it was encoded. */
export function aggregateOf<K, V>(triple: unknown): [K, Aggregate<V>] {
  // `#encodeWindow` has written them.
  const [key, value, batches] = triple as [K, V, number];
  return [key, { value, batches }];
}

/** No records. */
export const NOTHING = new Uint8Array();

/** Whether it is what was exported. */
export function isWindowSnapshot(data: unknown): data is WindowSnapshot {
  if (typeof data !== 'object' || data === null) return false;
  const { time, window, batches } = data as Partial<WindowSnapshot>;
  const isTime = time === null || Number.isSafeInteger(time);
  return isTime && window instanceof Uint8Array && Array.isArray(batches);
}

/** A window in words. */
export function describe({
  windowMs,
  slideMs,
  batchSlideMs,
}: WindowSpan & { readonly batchSlideMs: number }) {
  return `${windowMs} ms long every ${slideMs} ms, of batches every ${batchSlideMs} ms`;
}

/** The kept window is not the one of the program. */
export function windowChanged(kind: string, how: string, details: Readonly<Record<string, unknown>>): Error {
  return dstreamError(
    'MR_GRAPH_WINDOW_CHANGED',
    `the stored window of ${kind} ${how}; choose another uid for the new window, and set allowDroppedState to lose the old one`,
    { details: { kind, ...details } },
  );
}
