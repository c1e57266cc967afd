// Wrong engines in state, windows and event time.
import type { Mutant } from './mutant.ts';

const WATERMARK = 'engine/src/event-time/watermark.ts';
const STATE_EXPORTER = 'engine/src/state/state-exporter.ts';

/** See the header of this file. */
export const STATE_MUTANTS: readonly Mutant[] = [
  {
    name: 'apply-batch-twice',
    wrong: 'a checkpoint holds a later state than it says, so that a batch that runs again changes it again',
    patches: [
      {
        file: STATE_EXPORTER,
        find: 'return listed(this.#store.entriesAt(upTo));',
        replace: 'return listed(this.#store.entriesAt(this.#store.time));',
      },
      {
        file: STATE_EXPORTER,
        find: 'later.has(key) ? later.get(key) : this.#store.get(key)',
        replace: 'this.#store.get(key)',
      },
    ],
    finder: { kind: 'simulation', faults: ['driver-death', 'job-failure'] },
  },
  {
    name: 'forget-watermark',
    wrong: 'the watermark is kept in memory alone, and begins anew after a restart',
    patches: [
      {
        file: WATERMARK,
        find: 'return async ({ batchTime, change, records }) => {',
        replace:
          'let inMemory = Number.NEGATIVE_INFINITY; return async ({ batchTime, change, records }) => { const before = inMemory;',
      },
      {
        file: WATERMARK,
        find: 'change.get(WATERMARK)?.value.newestMs ?? Number.NEGATIVE_INFINITY',
        replace: 'before',
      },
      {
        file: WATERMARK,
        find: 'if (afterMs > beforeMs) change.set(',
        replace: 'inMemory = afterMs; if (afterMs > beforeMs) change.set(',
      },
    ],
    finder: { kind: 'simulation', faults: ['driver-death', 'rolling-restart'] },
  },
  {
    name: 'change-shared-window',
    wrong:
      'a record goes into a window that earlier states share, so that a batch that runs again adds it again',
    patches: [
      {
        file: 'engine/src/event-time/event-window.ts',
        find: 'return isTouched ? value : copyCombiner(value);',
        replace: 'return isTouched ? value : value;',
      },
    ],
    finder: { kind: 'simulation', faults: ['rolling-restart', 'driver-death', 'job-failure'] },
  },
  {
    name: 'forget-given-out-window',
    wrong:
      'a window that was given out is forgotten at once, and a late record that is allowed begins it again',
    patches: [
      {
        file: 'engine/src/event-time/window-step.ts',
        find: 'const isKept = draft.endMs + allowedLatenessMs > afterMs;',
        replace: 'const isKept = draft.endMs > afterMs;',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart'] },
  },
];
