import { describe, expect, it } from 'vitest';
import { CacheLocations } from './cache-locations.ts';
import { fromPartitions } from '../rdd/parallelize.ts';
import { RddEnvironment } from '../rdd/rdd-environment.ts';

function setUp() {
  const environment = new RddEnvironment({ defaultParallelism: 2 });
  const source = environment.define<number>(() => ({
    kind: 'source',
    partitionCount: 2,
    dependencies: [],
    preferredExecutors: () => ['source'],
    produce: async () => {},
  }));
  const kept = source.map((n) => n + 1).persist();
  return { environment, source, kept, locations: new CacheLocations() };
}

describe('CacheLocations', () => {
  it('prefers the source until a partition on the way is cached', () => {
    const { environment, kept, locations } = setUp();
    const wanted = { rdd: environment.empty<number>().union(kept.filter((n) => n > 0)), partition: 1 };
    expect(locations.preferredExecutors(wanted)).toEqual(['source']);
    locations.note(wanted, 'one');
    expect(locations.preferredExecutors(wanted)).toEqual(['one']);
    expect(locations.preferredExecutors({ ...wanted, partition: 0 })).toEqual(['source']);
  });

  it('prefers partitions that cannot be recomputed to those that can', () => {
    const { environment, kept, locations } = setUp();
    const state = environment.define(fromPartitions([[1], [2]])).persist();
    locations.note({ rdd: state, partition: 0 }, 'state');
    locations.note({ rdd: kept, partition: 0 }, 'kept');
    const both = { rdd: kept.zipPartitions(state, (left) => left), partition: 0 };
    expect(locations.preferredExecutors(both)).toEqual(['state', 'kept']);
    state.cutLineage();
    expect(locations.preferredExecutors(both)).toEqual(['state']);
  });

  it('finds the executors with the only copy of a partition', () => {
    const { environment, kept, locations } = setUp();
    const state = environment.define(fromPartitions([[1], [2]])).persist();
    locations.note({ rdd: state, partition: 0 }, 'state');
    locations.note({ rdd: kept, partition: 0 }, 'kept');
    expect(locations.hasSoleCopy('state')).toBe(false);
    state.cutLineage();
    expect(locations.hasSoleCopy('state')).toBe(true);
    expect(locations.hasSoleCopy('kept')).toBe(false);
    locations.forget([state.id]);
    expect(locations.hasSoleCopy('state')).toBe(false);
  });

  it('drops locations of forgotten RDDs, and records no new ones', () => {
    const { environment, kept, locations } = setUp();
    const wanted = { rdd: kept, partition: 0 };
    locations.note(wanted, 'one');
    locations.forget([kept.id]);
    expect(locations.preferredExecutors(wanted)).toEqual(['source']);
    environment.forget([kept.id]);
    locations.note(wanted, 'one');
    expect(locations.preferredExecutors(wanted)).toEqual(['source']);
  });
});
