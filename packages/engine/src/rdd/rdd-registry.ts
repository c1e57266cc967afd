// The names of RDDs. A name is the scope's name and a running number. An RDD made in a scope is referenced strongly
// until it is forgotten; an RDD made outside only weakly, because no call would ever forget it. The count of a
// scope starts again once all its RDDs are gone, so that memory does not grow with the number of batches.
import { ReleasingMap } from '@millrace/core/engine';
import type { RDD } from './rdd.ts';

/** Strongly referenced by the registry, or only by the program. */
export type Holding = 'strong' | 'weak';

interface Entry {
  readonly id: string;
  readonly scope: string;
  readonly rdd: RDD<unknown> | WeakRef<RDD<unknown>>;
}

interface Scope {
  next: number;
  readonly ids: Set<string>;
}

/** Names RDDs and finds them again. */
export class RddRegistry {
  readonly #entries = new ReleasingMap<string, Entry>();
  readonly #scopes = new Map<string, Scope>();
  readonly #collected: FinalizationRegistry<Entry>;

  /** `onCollected` receives the id of an unreferenced RDD, some time after its collection. */
  constructor(onCollected: (ids: readonly string[]) => void) {
    this.#collected = new FinalizationRegistry((entry) => {
      // The name may have been reused since; then it belongs to another RDD.
      if (this.#entries.get(entry.id) !== entry) return;
      this.remove([entry.id]);
      onCollected([entry.id]);
    });
  }

  /** Names an RDD and records it. */
  add<T>(scope: string, make: (id: string) => RDD<T>, holding: Holding): RDD<T> {
    const names = this.#scopeOf(scope);
    const number = names.next++;
    const id = scope === 'adhoc' ? `adhoc-${number}` : number === 0 ? scope : `${scope}#${number}`;
    const rdd = make(id);
    const entry: Entry = { id, scope, rdd: holding === 'strong' ? rdd : new WeakRef<RDD<unknown>>(rdd) };
    this.#entries.set(id, entry);
    names.ids.add(id);
    if (holding === 'weak') this.#collected.register(rdd, entry);
    return rdd;
  }

  /** The RDD of this name, if known. */
  find(id: string): RDD<unknown> | undefined {
    const rdd = this.#entries.get(id)?.rdd;
    return rdd instanceof WeakRef ? rdd.deref() : rdd;
  }

  /** Whether this RDD was made in a scope of the program, so that every copy of the program makes it as well. */
  isStrong(rdd: Pick<RDD<unknown>, 'id'>): boolean {
    return this.#entries.get(rdd.id)?.rdd === rdd;
  }

  /** The known ids of a scope. */
  idsOf(scope: string): readonly string[] {
    return [...(this.#scopes.get(scope)?.ids ?? [])];
  }

  /** Forgets names. */
  remove(ids: readonly string[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      this.#entries.delete(id);
      const scope = this.#scopes.get(entry.scope);
      scope?.ids.delete(id);
      if (scope?.ids.size === 0) this.#scopes.delete(entry.scope);
    }
  }

  #scopeOf(name: string): Scope {
    let scope = this.#scopes.get(name);
    if (scope === undefined) this.#scopes.set(name, (scope = { next: 0, ids: new Set() }));
    return scope;
  }
}
