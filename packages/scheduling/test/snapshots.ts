// Random snapshots for the properties of this package, and the loads after a decision.
import type {
  ExecutorDescription,
  ReceiverDescription,
  ReceiverPlacement,
  StreamId,
  TaskLocation,
} from '@millrace/core';
import fc from 'fast-check';

/** Up to `max` executors on few hosts, in order of arrival. */
export function executorsUpTo(max: number, min = 0): fc.Arbitrary<ExecutorDescription[]> {
  const host = fc.constantFrom('a', 'b', 'c');
  return fc
    .array(host, { minLength: min, maxLength: max })
    .map((hosts) =>
      hosts.map((name, i) => ({ executorId: `executor-${i}`, host: name, cores: 1 + (i % 4) })),
    );
}

/** Receivers, some with a wish for a host, for an executor, or for a missing place. */
export const receivers: fc.Arbitrary<ReceiverDescription[]> = fc
  .array(fc.option(fc.constantFrom('a', 'b', 'executor-0', 'nowhere'), { nil: undefined }), { maxLength: 40 })
  .map((wishes) =>
    wishes.map((preferredHost, streamId) => ({
      streamId,
      ...(preferredHost === undefined ? {} : { preferredHost }),
    })),
  );

/** Receivers without wishes. */
export function plainReceivers(count: number): ReceiverDescription[] {
  return Array.from({ length: count }, (_, streamId) => ({ streamId }));
}

/** The first location of each receiver that names an executor: the receiver's start without failures. */
export function startingPlaces(
  decision: ReadonlyMap<StreamId, readonly TaskLocation[]>,
): Map<StreamId, string | undefined> {
  const entries = [...decision].map(([streamId, locations]) => {
    return [streamId, locations.find(({ executorId }) => executorId !== undefined)?.executorId] as const;
  });
  return new Map(entries);
}

/** The number of receivers that each executor starts. */
export function loadsAfter(
  executors: readonly ExecutorDescription[],
  places: Iterable<string | undefined>,
): number[] {
  const loads = new Map(executors.map(({ executorId }) => [executorId, 0]));
  for (const place of places) if (place !== undefined) loads.set(place, (loads.get(place) ?? 0) + 1);
  return [...loads.values()];
}

/** The difference between the largest and the smallest load. */
export function spread(loads: readonly number[]): number {
  return loads.length === 0 ? 0 : Math.max(...loads) - Math.min(...loads);
}

/** A running receiver. */
export function active(streamId: StreamId, executor: ExecutorDescription): ReceiverPlacement {
  return { streamId, state: 'ACTIVE', scheduledLocations: [], runningExecutor: executor };
}
