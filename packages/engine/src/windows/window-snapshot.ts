// The snapshot of a window with an inverse function in checkpoints, and its description for executors.
import type { BatchTime } from '@millrace/core';
import type { Aggregate } from '../rdd/sliding-aggregates.ts';
import type { StateSnapshot } from '../graph/checkpointed-state.ts';
import { dstreamError } from '../graph/dstream-errors.ts';
import type { WindowSpan } from './window-operator.ts';

/** The version of `WindowSnapshot` as it is exported. */
export const WINDOW_FORMAT = 1;

/** The exported state: data that every codec accepts. */
export interface WindowSnapshot {
  readonly windowMs: number;
  readonly slideMs: number;
  readonly batchSlideMs: number;
  /** The time of the window; null when there was no window yet. */
  readonly time: BatchTime | null;
  /** Encoded triples of key, value, and number of batches. */
  readonly window: Uint8Array;
  /** Encoded pairs of key and value of each batch, by time. */
  readonly batches: readonly (readonly [BatchTime, Uint8Array])[];
}

/** The description of the data that an executor can load. */
export interface SnapshotDescriptor extends StateSnapshot {
  /** True when there is a window of that time. */
  readonly hasWindow: boolean;
  /**
   * Batches up to this one cannot be computed any more: each is kept beside the window, or no window contains the
   * batch.
   */
  readonly batchesUpTo: BatchTime;
  /** The batches that are kept beside the window. */
  readonly batches: readonly BatchTime[];
}

/**
 * Describes the loadable part of a snapshot. `begin`: the time up to which there is no batch. `batchesUpTo`: the batch
 * of the checkpoint.
 */
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

/** Decodes one record of the window. */
export function aggregateOf<K, V>(triple: unknown): [K, Aggregate<V>] {
  // `#encodeWindow` wrote the triple.
  const [key, value, batches] = triple as [K, V, number];
  return [key, { value, batches }];
}

/** No records. */
export const NOTHING = new Uint8Array();

/** True when the data has the shape of an exported snapshot. */
export function isWindowSnapshot(data: unknown): data is WindowSnapshot {
  if (typeof data !== 'object' || data === null) return false;
  const { time, window, batches } = data as Partial<WindowSnapshot>;
  const isTime = time === null || Number.isSafeInteger(time);
  return isTime && window instanceof Uint8Array && Array.isArray(batches);
}

/** A window as text. */
export function describe({
  windowMs,
  slideMs,
  batchSlideMs,
}: WindowSpan & { readonly batchSlideMs: number }) {
  return `${windowMs} ms long every ${slideMs} ms, of batches every ${batchSlideMs} ms`;
}

/** The kept window differs from the window of the program. */
export function windowChanged(kind: string, how: string, details: Readonly<Record<string, unknown>>): Error {
  return dstreamError(
    'MR_GRAPH_WINDOW_CHANGED',
    `the stored window of ${kind} ${how}; choose another uid for the new window, and set allowDroppedState to lose the old one`,
    { details: { kind, ...details } },
  );
}
