// Where persisted partitions are, as the driver knows it: an executor that has run a task keeps what the task had to
// compute on its way. Tasks that need it go there again; for an RDD whose lineage was cut there is no other place.
// What is noted may be out of date, and is only ever a preference.
import type { ExecutorId } from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import type { RDD } from '../rdd/rdd.ts';
import type { Route } from '../rdd/rdd-definition.ts';

/** Remembers which executor keeps which persisted partition. */
export class CacheLocations {
  readonly #rdds = new Map<string, Map<number, ExecutorId>>();
  /** Weak: what nobody holds any more is forgotten, and must not be held from here. */
  readonly #noted = new ReleasingMap<string, WeakRef<RDD<unknown>>>();

  /** A task that computed this partition has succeeded on an executor. */
  note(computed: Route, executorId: ExecutorId): void {
    walk(computed, ({ rdd, partition }) => {
      // Forgotten while the task ran: nobody would ever forget the note.
      if (!rdd.isPersisted || rdd.environment.find(rdd.id) !== rdd) return true;
      const locations = this.#rdds.get(rdd.id) ?? new Map<number, ExecutorId>();
      // It was there before, so nothing behind it had to be computed.
      if (locations.get(partition) === executorId) return false;
      locations.set(partition, executorId);
      this.#rdds.set(rdd.id, locations);
      this.#noted.set(rdd.id, new WeakRef(rdd));
      return true;
    });
  }

  /**
   * Where to compute a partition: where something lies that cannot be computed again, else where something lies that
   * need not be, else where its source says.
   */
  preferredExecutors(wanted: Route): readonly ExecutorId[] {
    const only: ExecutorId[] = [];
    const cached: ExecutorId[] = [];
    walk(wanted, ({ rdd, partition }) => {
      const executorId = rdd.isPersisted ? this.#rdds.get(rdd.id)?.get(partition) : undefined;
      if (executorId === undefined) return true;
      (rdd.isCut ? only : cached).push(executorId);
      return false;
    });
    const best = [only, cached].find((executors) => executors.length > 0);
    return best ?? wanted.rdd.preferredExecutors(wanted.partition);
  }

  /** Whether an executor keeps a partition that could not be computed elsewhere. */
  hasSoleCopy(executorId: ExecutorId): boolean {
    for (const [rddId, locations] of this.#rdds) {
      if (this.#noted.get(rddId)?.deref()?.isCut === true && [...locations.values()].includes(executorId))
        return true;
    }
    return false;
  }

  /** Whether every partition of a persisted RDD lies on an executor that is alive. */
  hasAll(rdd: RDD<unknown>, alive: ReadonlySet<ExecutorId>): boolean {
    const locations = rdd.isPersisted ? this.#rdds.get(rdd.id) : undefined;
    if (locations === undefined || locations.size < rdd.partitionCount) return false;
    return [...locations.values()].every((executorId) => alive.has(executorId));
  }

  /** Partitions whose place is known. */
  get partitionCount(): number {
    return [...this.#rdds.values()].reduce((sum, locations) => sum + locations.size, 0);
  }

  /** RDDs are gone. */
  forget(rddIds: readonly string[]): void {
    for (const rddId of rddIds) {
      this.#rdds.delete(rddId);
      this.#noted.delete(rddId);
    }
  }
}

/** Visits what the task of a partition computes, from the end backwards; below a place only if `visit` says so. */
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
function narrowParents(dependencies: RDD<unknown>['dependencies']): RDD<unknown>[] {
  return dependencies.filter(({ kind }) => kind === 'narrow').map(({ rdd }) => rdd);
}
