// Defective engines: moving windows, and their checkpoints.
import type { Mutant } from './mutant.ts';

/** See the header of this file. */
export const WINDOW_MUTANTS: readonly Mutant[] = [
  {
    name: 'take-away-what-never-came',
    wrong: 'a window after skipped batches subtracts batches that no window had added',
    patches: [
      {
        file: 'engine/src/windows/inverse-window-operator.ts',
        find: 'const lastToLeave = Math.min(before, batchTime - windowMs);',
        replace: 'const lastToLeave = batchTime - windowMs;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/context/skipped-batches.model.spec.ts' },
  },
  {
    name: 'keep-a-batch-too-few',
    wrong: 'a checkpoint of a window omits the oldest batch of the window',
    patches: [
      {
        file: 'engine/src/windows/inverse-window-snapshots.ts',
        find: 'const first = Math.max(time - this.#span.windowMs, zeroTime) + batchSlideMs;',
        replace: 'const first = Math.max(time - this.#span.windowMs, zeroTime) + 2 * batchSlideMs;',
      },
    ],
    finder: { kind: 'simulation', faults: ['driver-death', 'rolling-restart'] },
  },
  {
    name: 'follow-a-failed-window',
    wrong: 'the window after a permanently failed window is computed from the failed one',
    patches: [
      {
        file: 'engine/src/windows/inverse-window-operator.ts',
        find: '      this.#windows.delete(time);\n      this.#beganAfter = Math.max(this.#beganAfter, time);',
        replace: '      this.#beganAfter = Math.max(this.#beganAfter, time);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/windows/inverse-windows.spec.ts' },
  },
  {
    name: 'release-while-exporting',
    wrong: 'window data read by a checkpoint may be dropped during the read',
    patches: [
      {
        file: 'engine/src/windows/inverse-window-operator.ts',
        find: 'return await this.#memory.export(',
        replace: 'return this.#memory.export(',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/windows/inverse-windows.spec.ts' },
  },
  {
    name: 'remember-a-batch-too-few',
    wrong: 'a checkpoint omits the oldest batch that a window reads of state',
    patches: [
      {
        file: 'engine/src/graph/window-input-cache.ts',
        find: 'const from = batchTime - rememberMs + 1;',
        replace: 'const from = batchTime - rememberMs + this.#stream.slideMs + 1;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/graph/window-input-cache.spec.ts' },
    shows: { faults: ['driver-death', 'rolling-restart'] },
  },
  {
    name: 'forget-restored-batches',
    wrong: 'batches left over from an earlier driver are dropped while a window still needs to subtract them',
    patches: [
      {
        file: 'engine/src/windows/inverse-window-operator.ts',
        find: 'this.#memory.forget(rememberedAfter - this.reachBackMs);',
        replace: 'this.#memory.forget(rememberedAfter);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/context/inverse-window-restart.spec.ts' },
    shows: {
      faults: ['driver-death', 'rolling-restart'],
      forced: { operators: ['mapWithState', 'reduceByKeyAndWindowInverse'], checkpoints: true },
    },
  },
  {
    name: 'read-another-part',
    wrong: 'a part read for one batch is returned for another batch',
    patches: [
      {
        file: 'engine/src/graph/window-input-cache.ts',
        find: 'if (this.#read?.part !== part) {',
        replace: 'if (this.#read === undefined) {',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['executor-death'],
      forced: { executors: 2, graphs: ['state-window'] },
    },
  },
];
