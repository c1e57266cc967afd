// The question that a checkpoint asks every partition of a batch of state: the data to write so that this version can
// be read back. The question is answered at the partition, so only changes travel.
import type { BatchTime } from '@millrace/core';
import type { Action } from '../rdd/action.ts';
import type { StateSegment } from './state-exporter.ts';
import type { StatePartition } from './state-rdd.ts';

type Segments<K, S> = readonly StateSegment<K, S>[];

const NAME = 'stateSegments';

/** The question of a checkpoint. */
export interface SegmentsAsked {
  /** The durable version; undefined when no version is durable. */
  readonly since: BatchTime | undefined;
  /** The ids of the durable exports, by partition, as far as they are of this run. */
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
