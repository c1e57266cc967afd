// The driver's view of cached partitions: an executor that ran a task keeps every persisted partition computed on
// the way. Tasks that need such a partition go to the same executor; for an RDD with a cut lineage there is no
// other place. The view may be out of date, and is only ever a preference.
import type { ExecutorId } from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import type { RddNode, Route } from '../rdd/rdd-node.ts';

/** Records the executor that keeps each persisted partition. */
export class CacheLocations {
  readonly #locations = new Map<string, Map<number, ExecutorId>>();
  /**
   * Weak references: an RDD without any other reference counts as forgotten, and this map must not keep the RDD
   * alive.
   */
  readonly #references = new ReleasingMap<string, WeakRef<RddNode<unknown>>>();

  /** Records that a task with this partition has succeeded on an executor. */
  note(computed: Route, executorId: ExecutorId): void {
    walk(computed, ({ rdd, partition }) => {
      // The RDD was forgotten while the task ran; a later note would never be removed.
      if (!rdd.isPersisted || rdd.environment.find(rdd.id) !== rdd) return true;
      const locations = this.#locations.get(rdd.id) ?? new Map<number, ExecutorId>();
      // The partition was cached here before, so nothing behind the partition had to be computed.
      if (locations.get(partition) === executorId) return false;
      locations.set(partition, executorId);
      this.#locations.set(rdd.id, locations);
      this.#references.set(rdd.id, new WeakRef(rdd));
      return true;
    });
  }

  /**
   * Preferred executors of a partition: holders of partitions that cannot be recomputed, else holders of any cached
   * partition, else the preferences of the source.
   */
  preferredExecutors(route: Route): readonly ExecutorId[] {
    const only: ExecutorId[] = [];
    const cached: ExecutorId[] = [];
    walk(route, ({ rdd, partition }) => {
      const executorId = rdd.isPersisted ? this.#locations.get(rdd.id)?.get(partition) : undefined;
      if (executorId === undefined) return true;
      (rdd.isCut ? only : cached).push(executorId);
      return false;
    });
    const best = [only, cached].find((executors) => executors.length > 0);
    return best ?? route.rdd.preferredExecutors(route.partition);
  }

  /** True when an executor keeps a partition that no other executor could compute. */
  hasSoleCopy(executorId: ExecutorId): boolean {
    for (const [rddId, locations] of this.#locations) {
      if (
        this.#references.get(rddId)?.deref()?.isCut === true &&
        [...locations.values()].includes(executorId)
      )
        return true;
    }
    return false;
  }

  /** Whether a living executor has every partition of a persisted RDD. */
  hasAll(rdd: RddNode<unknown>, alive: ReadonlySet<ExecutorId>): boolean {
    const locations = rdd.isPersisted ? this.#locations.get(rdd.id) : undefined;
    if (locations === undefined || locations.size < rdd.partitionCount) return false;
    return [...locations.values()].every((executorId) => alive.has(executorId));
  }

  /** Partitions with a known location. */
  get partitionCount(): number {
    return [...this.#locations.values()].reduce((sum, locations) => sum + locations.size, 0);
  }

  /** Drops the locations of RDDs. */
  forget(rddIds: readonly string[]): void {
    for (const rddId of rddIds) {
      this.#locations.delete(rddId);
      this.#references.delete(rddId);
    }
  }
}

/**
 * Visits the partitions that a task computes, from the end backwards; goes on below a place only if `visit` returns
 * true.
 */
function walk(from: Route, visit: (place: Route) => boolean): void {
  const open = [from];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (!visit(place)) continue;
    const { definition } = place.rdd;
    const { partition } = place;
    if (definition.kind === 'route') {
      for (const route of definition.routes(partition).toReversed()) open.push(route);
    } else if (definition.kind === 'step') open.push({ rdd: definition.parent, partition });
    else for (const rdd of narrowParents(definition.dependencies)) open.push({ rdd, partition });
  }
}

/** A source that reads other RDDs reads the same partition of each. */
function narrowParents(dependencies: RddNode<unknown>['dependencies']): RddNode<unknown>[] {
  return dependencies.filter(({ kind }) => kind === 'narrow').map(({ rdd }) => rdd);
}
