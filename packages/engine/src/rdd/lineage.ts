// Properties derived from the definition of an RDD: its partitions, its parents, the location of its data, and the
// shuffles before it. All walks are loops, never recursion: lineages of streams with state can be long.
import type { ExecutorId } from '@millrace/core';
import type {
  Dependency,
  RddDefinition,
  RddNode,
  Route,
  ShuffleDependency,
  SourceDefinition,
} from './rdd-node.ts';
import { pushInSlices } from './push-records.ts';
import { rddError } from './rdd-errors.ts';

/** Number of partitions of a definition. */
export function partitionCountOf(definition: RddDefinition<unknown>): number {
  return definition.kind === 'step' ? definition.parent.partitionCount : definition.partitionCount;
}

/** Number of partitions that a definition hashes its pairs into, if known. */
export function hashPartitionsOf(definition: RddDefinition<unknown>): number | undefined {
  if (definition.kind !== 'step') return definition.hashPartitions;
  return definition.keepsKeys ? definition.parent.hashPartitions : undefined;
}

/** Whether a repeated computation of a partition brings the records in the same order. */
export function hasCertainOrder(definition: RddDefinition<unknown>): boolean {
  if (definition.kind === 'step') return definition.parent.hasCertainOrder;
  if (definition.kind === 'source' && definition.isUnordered === true) return false;
  return definition.dependencies.every(({ rdd }) => rdd.hasCertainOrder);
}

/** The parents of an RDD. */
export function dependenciesOf(rdd: RddNode<unknown>): readonly Dependency[] {
  const definition = rdd.definition;
  if (definition.kind === 'step') return [{ kind: 'narrow', rdd: definition.parent }];
  return definition.dependencies;
}

/** The executors that have the data of a partition: the preferences of the first source on the way that has any. */
export function preferredExecutorsOf(rdd: RddNode<unknown>, partition: number): readonly ExecutorId[] {
  const open: Route[] = [{ rdd, partition }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const definition = place.rdd.definition;
    if (definition.kind === 'step') open.push({ rdd: definition.parent, partition: place.partition });
    else if (definition.kind === 'route') {
      for (const route of definition.routes(place.partition).toReversed()) open.push(route);
    } else {
      const executors = definition.preferredExecutors?.(place.partition) ?? [];
      if (executors.length > 0) return executors;
      for (const near of definition.nearTo?.toReversed() ?? []) open.push({ rdd: near, partition: place.partition }); // prettier-ignore
    }
  }
  return [];
}

/** The shuffle that a shuffled RDD gets its records through; undefined for other RDDs. */
export function shuffleOf(rdd: RddNode<unknown>): ShuffleDependency | undefined {
  return dependenciesOf(rdd).find((dependency) => dependency.kind === 'shuffle');
}

/**
 * The shuffled RDDs whose outputs a job on `rdd` needs and does not have, each after the ones it needs itself. The
 * walk stops at a complete shuffle and at an RDD that is cached as a whole.
 */
export function shufflesBefore(
  rdd: RddNode<unknown>,
  known: { isComplete(shuffled: RddNode<unknown>): boolean; isCached(rdd: RddNode<unknown>): boolean },
): readonly RddNode<unknown>[] {
  const found: RddNode<unknown>[] = [];
  const seen = new Set<RddNode<unknown>>();
  const open = [{ rdd, parentsDone: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.parentsDone) {
      if (shuffleOf(next.rdd) !== undefined) found.push(next.rdd);
      continue;
    }
    if (seen.has(next.rdd)) continue;
    seen.add(next.rdd);
    if (shuffleOf(next.rdd) !== undefined && known.isComplete(next.rdd)) continue;
    if (known.isCached(next.rdd)) continue;
    open.push({ rdd: next.rdd, parentsDone: true });
    for (const dependency of dependenciesOf(next.rdd)) open.push({ rdd: dependency.rdd, parentsDone: false });
  }
  return found;
}

/** An RDD and its ancestors that are computed in the same task, down to the nearest pinned ones. */
export function narrowAncestors(rdd: RddNode<unknown>): readonly RddNode<unknown>[] {
  const seen = new Set<RddNode<unknown>>([rdd]);
  // Iterating a set also visits elements added during the iteration.
  for (const next of seen) {
    if (next.isPinned) continue;
    for (const dependency of dependenciesOf(next)) if (dependency.kind === 'narrow') seen.add(dependency.rdd);
  }
  return [...seen];
}

/** The shuffled RDDs whose outputs a task that computes a partition of `rdd` reads itself. */
export function shufflesReadBy(rdd: RddNode<unknown>): readonly RddNode<unknown>[] {
  const found: RddNode<unknown>[] = [];
  const seen = new Set<RddNode<unknown>>([rdd]);
  const open = [rdd];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (shuffleOf(next) !== undefined) found.push(next);
    for (const dependency of dependenciesOf(next)) {
      if (dependency.kind === 'shuffle' || seen.has(dependency.rdd)) continue;
      seen.add(dependency.rdd);
      open.push(dependency.rdd);
    }
  }
  return found;
}

/** A definition whose records come from elsewhere, partition by partition. */
export function loadedFrom<T>(
  { partitionCount, hashPartitions }: Pick<RddNode<T>, 'partitionCount' | 'hashPartitions'>,
  load: (partition: number) => Promise<readonly T[]>,
): SourceDefinition<T> {
  return {
    kind: 'source',
    partitionCount,
    dependencies: [],
    ...(hashPartitions === undefined ? {} : { hashPartitions }),
    produce: async (partition, context, push) => pushInSlices(await load(partition), context, push),
  };
}

/** A definition without parents: every partition has to come out of the cache. */
export function withoutLineage(rdd: RddNode<unknown>): SourceDefinition<never> {
  const { id, partitionCount, hashPartitions } = rdd;
  return {
    kind: 'source',
    partitionCount,
    dependencies: [],
    ...(hashPartitions === undefined ? {} : { hashPartitions }),
    produce: async (partition) => {
      throw rddError(
        'MR_RDD_PARTITION_LOST',
        `partition ${partition} of rdd ${id} is no longer cached and its lineage was cut; restore the partition from a checkpoint`,
        { details: { rddId: id, partition } },
      );
    },
  };
}
