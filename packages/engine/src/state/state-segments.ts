// The question that a checkpoint asks every partition of a batch of state: what has to be written so that this version
// can be read back? It is asked where the partition is, so only what changed travels.
import type { BatchTime } from '@millrace/core';
import type { Action } from '../rdd/action.ts';
import type { StateSegment } from './state-exporter.ts';
import type { StatePartition } from './state-rdd.ts';

type Segments<K, S> = readonly StateSegment<K, S>[];

const NAME = 'stateSegments';

/** What a checkpoint asks for. */
export interface SegmentsAsked {
  /** The version that is durable; undefined when none is. */
  readonly since: BatchTime | undefined;
  /** By partition, the tellings that have made it so, as far as they are of this run. */
  readonly told: readonly (string | undefined)[];
  readonly upTo: BatchTime;
  /** See `DurableSegment`. */
  readonly retellUpTo: BatchTime | undefined;
}

/** Asks for the changes up to a version. */
export function segmentsAction<K, S, U>(
  { since, told, upTo, retellUpTo }: SegmentsAsked,
  nextName: () => string,
): Action<StatePartition<K, S, U>, Segments<K, S>, Segments<K, S>> {
  return {
    name: NAME,
    portableName: `${NAME}:${since ?? ''}:${upTo}:${retellUpTo ?? ''}:${told.map((name) => name ?? '').join(',')}`,
    runPartition: async (records, partition) => {
      const states = await records.toArray();
      const durable = { since, told: told[partition], retellUpTo };
      return states.map(({ store }) => store.exporter.segment(partition, durable, upTo, nextName()));
    },
    merge: (parts) => parts.flat(),
  };
}

/** The action of a portable name; undefined for any other name. */
export function namedSegmentsAction<K, S, U>(
  name: string,
  nextName: () => string,
): Action<StatePartition<K, S, U>, unknown, unknown> | undefined {
  const [, since, upTo, retellUpTo, names = ''] =
    /^stateSegments:(-?\d*):(-?\d+):(-?\d*):([^:]*)$/.exec(name) ?? [];
  if (upTo === undefined) return undefined;
  const told = names.split(',').map((one) => (one === '' ? undefined : one));
  return segmentsAction<K, S, U>(
    { since: timeOf(since), told, upTo: Number(upTo), retellUpTo: timeOf(retellUpTo) },
    nextName,
  );
}

function timeOf(text: string | undefined): BatchTime | undefined {
  return text === undefined || text === '' ? undefined : Number(text);
}
