// Faults inside executors that no port can produce: evictions of data in memory at the moment of a read. Each hook is a
// line added to the source at load time that asks the world whether the fault happens now. Without a world, or in a
// process that does not patch its sources, no fault happens.
import type { SourcePatch } from './source-patches.ts';

const KEY = Symbol.for('millrace.simulation.eviction');
const ASKED = "globalThis[Symbol.for('millrace.simulation.eviction')]?.()";

type Holder = { [KEY]?: () => boolean };

/** Sets the decision about evictions from now on; undefined: no evictions. */
export function decideEvictions(decide: (() => boolean) | undefined): void {
  if (decide === undefined) delete (globalThis as Holder)[KEY];
  else (globalThis as Holder)[KEY] = decide;
}

/** The changes that insert the hooks. */
export const FAULT_HOOKS: readonly SourcePatch[] = [
  {
    file: 'engine/src/rdd/partition-cache.ts',
    find: 'const entry = this.#entries.get(key);',
    replace:
      'let entry = this.#entries.get(key);' +
      ` if (entry !== undefined && this.#canRecompute(entry.rddId) && ${ASKED}) {` +
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
