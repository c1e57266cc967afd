// Faults inside of executors that no port can give: what is kept in memory is gone when it is asked for. Each is a line
// put into the source while it is loaded, and asks the world whether the fault happens now. Without a world, or in a
// process that does not patch its sources, nothing happens.
import type { SourcePatch } from './source-patches.ts';

const KEY = Symbol.for('millrace.simulation.eviction');
const ASKED = "globalThis[Symbol.for('millrace.simulation.eviction')]?.()";

type Holder = { [KEY]?: () => boolean };

/** Says who decides about evictions from now on; undefined: there are none. */
export function decideEvictions(decide: (() => boolean) | undefined): void {
  if (decide === undefined) delete (globalThis as Holder)[KEY];
  else (globalThis as Holder)[KEY] = decide;
}

/** The changes that put the hooks in. */
export const FAULT_HOOKS: readonly SourcePatch[] = [
  {
    file: 'engine/src/rdd/partition-cache.ts',
    find: 'const entry = this.#entries.get(key);',
    replace:
      'let entry = this.#entries.get(key);' +
      ` if (entry !== undefined && this.#canRecompute(rddId) && ${ASKED}) {` +
      ' this.#drop(key, entry); entry = undefined; }',
  },
  {
    file: 'engine/src/rdd/shuffle-store.ts',
    find: 'return this.#shuffles.get(shuffleId)?.get(mapPartition)?.buckets[partition];',
    replace:
      'const outputs = this.#shuffles.get(shuffleId); const output = outputs?.get(mapPartition);' +
      ` if (output !== undefined && ${ASKED}) {` +
      ' outputs.delete(mapPartition); this.#recordCount -= output.recordCount; return undefined; }' +
      ' return output?.buckets[partition];',
  },
];
