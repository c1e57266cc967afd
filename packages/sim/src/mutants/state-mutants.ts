// Defective engines: state, windows and event time.
import type { Mutant } from './mutant.ts';

const WATERMARK = 'engine/src/event-time/watermark.ts';
const STATE_EXPORTER = 'engine/src/state/state-exporter.ts';

/** See the header of this file. */
export const STATE_MUTANTS: readonly Mutant[] = [
  {
    name: 'apply-batch-twice',
    wrong: 'a checkpoint holds a later state than stated, so a re-run of a batch changes the state twice',
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
    finder: {
      kind: 'simulation',
      faults: ['driver-death', 'job-failure'],
      forced: { graphs: ['state'], batchIntervalMs: 200, checkpoints: true, durability: 'process' },
    },
  },
  {
    name: 'forget-watermark',
    wrong: 'the watermark is kept in memory alone, and starts anew after a restart',
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
      'a record is added to a window shared with earlier states, so a re-run of a batch adds the record twice',
    patches: [
      {
        file: 'engine/src/event-time/event-window.ts',
        find: 'return isTouched ? value : copyCombiner(value);',
        replace: 'return isTouched ? value : value;',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['rolling-restart', 'driver-death', 'job-failure'],
      forced: { operators: ['assignTimestamps', 'windowsAggregateByKey'], checkpoints: true },
    },
  },
  {
    name: 'forget-given-out-window',
    wrong: 'an emitted window is dropped at once, and an allowed late record starts the window anew',
    patches: [
      {
        file: 'engine/src/event-time/window-step.ts',
        find: 'const isKept = draft.endMs + allowedLatenessMs > afterMs;',
        replace: 'const isKept = draft.endMs > afterMs;',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart'] },
  },
  {
    name: 'windows-in-utc',
    wrong: 'windows with a time zone begin at multiples of their slide in UTC',
    patches: [
      {
        file: 'engine/src/event-time/event-window.ts',
        find: 'if (timeZone === undefined) {',
        replace: 'if (slideMs > 0) {',
      },
    ],
    finder: {
      kind: 'simulation',
      faults: ['receiver-restart'],
      forced: { operators: ['assignTimestamps', 'windowsGroup'], batchIntervalMs: 200 },
      seeds: 100,
    },
  },
  {
    name: 'show-an-hour-twice',
    wrong: 'an hour that a clock shows twice belongs to a window twice, before and after the change',
    patches: [
      {
        file: 'engine/src/event-time/zone-clock.ts',
        find: 'if (past !== undefined && past.atMs <= atMs) readMs = Math.max(readMs, past.readMs);',
        replace: 'if (past === undefined) continue;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/event-time/zone-clock.spec.ts' },
    outside: 'no simulated record has a time at which a clock is set back',
  },
  {
    name: 'due-a-moment-late',
    wrong: 'a window due at exactly the watermark waits for the next watermark',
    patches: [
      {
        file: 'engine/src/state/deadline-heap.ts',
        find: 'this.#dueOf(slot) <= timeMs);',
        replace: 'this.#dueOf(slot) < timeMs);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/state/deadline-heap.spec.ts' },
    shows: {
      faults: ['receiver-restart'],
      forced: { operators: ['filter', 'assignTimestamps', 'windowsReduceByKey'], batchIntervalMs: 200 },
    },
  },
  {
    name: 'undo-out-of-order',
    wrong: 'after a failed task, keys are no longer in the order of their last access',
    patches: [
      {
        file: 'engine/src/state/state-store.ts',
        find: '      else this.#entries.set(key, state.value, state.touchedAt);\n    }\n    this.#entries.sortByTouch();',
        replace: '      else this.#entries.set(key, state.value, state.touchedAt);\n    }',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/state/state-store.spec.ts' },
  },
  {
    name: 'reuse-slots-at-once',
    wrong: 'the slot of a removed key goes to another key of the same batch',
    patches: [
      {
        file: 'engine/src/state/state-entries.ts',
        find: 'this.#freed.push(slot);',
        replace: 'this.#free.push(slot);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/state/state-store.spec.ts' },
    shows: { faults: ['receiver-restart'], forced: { operators: ['mapWithState'], batchIntervalMs: 1_000 } },
  },
  {
    name: 'forget-a-version-too-many',
    wrong: 'the oldest version read by a checkpoint is dropped',
    patches: [
      {
        file: 'engine/src/state/state-store.ts',
        find: 'this.#versions[0].time < time) {',
        replace: 'this.#versions[0].time <= time) {',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/state/state-store.spec.ts' },
    shows: { faults: ['driver-death', 'job-failure'] },
  },
  {
    name: 'size-without-removals',
    wrong: 'a version counts keys removed by later batches as missing',
    patches: [
      {
        file: 'engine/src/state/state-store.ts',
        find: '      if (!isThere && state !== undefined) size += 1;\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/state/state-store.spec.ts' },
  },
  {
    name: 'idle-a-batch-late',
    wrong: 'a source silent for exactly idleAfterMs still holds the watermark back',
    patches: [
      {
        file: 'engine/src/event-time/watermark.ts',
        find: 'silentMs < idleAfterMs)',
        replace: 'silentMs <= idleAfterMs)',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/event-time/event-time.spec.ts' },
    shows: {
      faults: ['receiver-restart'],
      forced: { operators: ['assignTimestamps', 'windowsReduceByKey'] },
    },
  },
  {
    name: 'close-a-moment-late',
    wrong: 'a window accepts records although it closes at exactly the watermark',
    patches: [
      {
        file: 'engine/src/event-time/window-step.ts',
        find: 'isClosed: (endMs) => endMs + allowedLatenessMs <= beforeMs,',
        replace: 'isClosed: (endMs) => endMs + allowedLatenessMs < beforeMs,',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/event-time/event-time.spec.ts' },
    shows: {
      faults: ['receiver-restart'],
      forced: { operators: ['assignTimestamps', 'windowsReduceByKey'] },
    },
  },
  {
    name: 'complete-a-moment-late',
    wrong: 'a window that ends at exactly the watermark is emitted late',
    patches: [
      {
        file: 'engine/src/event-time/window-step.ts',
        find: 'const isComplete = draft.endMs <= afterMs;',
        replace: 'const isComplete = draft.endMs < afterMs;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/event-time/event-time.spec.ts' },
    shows: {
      faults: ['receiver-restart'],
      forced: { operators: ['assignTimestamps', 'windowsReduceByKey'] },
    },
  },
  {
    name: 'replace-without-saying',
    wrong: 'a result lacks the earlier windows that it replaces',
    patches: [
      {
        file: 'engine/src/event-time/window-step.ts',
        find: 'return given.length === 0 ? result : { ...result, replaces: given };',
        replace: 'return given.length <= 1 ? result : { ...result, replaces: given };',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/event-time/replaced-windows.model.spec.ts' },
    shows: {
      faults: ['receiver-restart'],
      forced: { operators: ['assignTimestamps', 'windowsReduceByKey'] },
    },
  },
];
