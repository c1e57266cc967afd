// The question that a checkpoint asks every partition of a batch of state: what has to be written so that this version
// can be read back? It is asked where the partition is, so only what changed travels.
import type { BatchTime } from '@millrace/core';
import type { Action } from '../rdd/action.ts';
import type { StateSegment } from './state-exporter.ts';
import type { StatePartition } from './state-rdd.ts';

type Segments<K, S> = readonly StateSegment<K, S>[];

const NAME = 'stateSegments';

/** Asks for the changes up to a version; `since`: the version that is durable, undefined when none is. */
export function segmentsAction<K, S, U>(
  since: BatchTime | undefined,
  upTo: BatchTime,
): Action<StatePartition<K, S, U>, Segments<K, S>, Segments<K, S>> {
  return {
    name: NAME,
    portableName: `${NAME}:${since ?? ''}:${upTo}`,
    runPartition: async (records, partition) => {
      const states = await records.toArray();
      return states.map(({ store }) => store.exporter.segment(partition, since, upTo));
    },
    merge: (parts) => parts.flat(),
  };
}

/** The action of a portable name; undefined for any other name. */
export function namedSegmentsAction<K, S, U>(
  name: string,
): Action<StatePartition<K, S, U>, unknown, unknown> | undefined {
  const [, since, upTo] = /^stateSegments:(-?\d*):(-?\d+)$/.exec(name) ?? [];
  if (upTo === undefined) return undefined;
  return segmentsAction<K, S, U>(since === '' ? undefined : Number(since), Number(upTo));
}
