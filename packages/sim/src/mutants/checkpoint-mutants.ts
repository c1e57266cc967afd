// Defective engines: checkpoints, recovery and stops.
import type { Mutant } from './mutant.ts';

/** See the header of this file. */
export const CHECKPOINT_MUTANTS: readonly Mutant[] = [
  {
    name: 'clean-up-for-the-newest',
    wrong: 'data needed only by the checkpoint before the newest is cleaned up',
    patches: [
      {
        file: 'engine/src/checkpoint/checkpoint-writer.ts',
        find: 'if (before !== undefined) this.#parts.onSafe(Math.min(before, doneUpTo));',
        replace: 'if (before !== undefined) this.#parts.onSafe(doneUpTo);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/checkpoint/checkpoint-writer.spec.ts' },
    shows: {
      faults: ['damaged-bit', 'driver-death'],
      forced: { graphs: ['state'], batchIntervalMs: 200, settings: { closesFiles: true }, checkpoints: true },
    },
  },
  {
    name: 'remove-inherited-parts',
    wrong: 'parts of a kept checkpoint of an earlier driver are removed',
    patches: [
      {
        file: 'engine/src/checkpoint/checkpoint-parts.ts',
        find: 'if (!listed.slice(-this.#keep).every(isKnown)) return;',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/checkpoint/checkpoint-parts.spec.ts' },
    shows: {
      faults: ['driver-death', 'damaged-bit'],
      forced: {
        graphs: ['state'],
        batchIntervalMs: 200,
        checkpoints: true,
        endings: [{ part: 'driver', after: { ms: 1_500 }, downMs: 20 }],
      },
    },
  },
  {
    name: 'number-a-part-twice',
    wrong: 'two operators that write parts concurrently use one part number',
    patches: [
      {
        file: 'engine/src/checkpoint/checkpoint-parts.ts',
        find: '    present.add(part);\n    await this.#store.writePart(part, bytes);\n',
        replace: '    await this.#store.writePart(part, bytes);\n    present.add(part);\n',
      },
    ],
    finder: { kind: 'simulation', faults: ['driver-death', 'rolling-restart'] },
  },
  {
    name: 'give-up-a-checkpoint',
    wrong: 'a failed checkpoint is not retried',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'engine/src/checkpoint/checkpoint-writer.ts',
        find: '      this.#isRequested = true;\n      throw error;',
        replace: '      throw error;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/checkpoint/checkpoint-writer.spec.ts' },
  },
  {
    name: 'store-goes-on',
    wrong: 'a permanent refusal of the store does not end the engine',
    shows: { faults: ['lasting-refusal'] },
    patches: [
      {
        file: 'engine/src/checkpoint/checkpoint-writer.ts',
        find: 'if (fatal !== undefined) return onFatal(fatal);',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/context/fatal-errors.spec.ts' },
  },
  {
    name: 'begin-with-half-a-checkpoint',
    wrong: 'a checkpoint with an unreadable part ends the start, although an older checkpoint is whole',
    patches: [
      {
        file: 'engine/src/checkpoint/recovery.ts',
        find: "if (isMillraceError(error, 'MR_CHECKPOINT_PART_UNREADABLE')) return undefined;",
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/state/state-restart.spec.ts' },
    shows: {
      faults: ['damaged-bit', 'driver-death'],
      forced: {
        graphs: ['state', 'state-window'],
        batchIntervalMs: 200,
        checkpoints: true,
        loadMs: 3_500,
        damages: [{ life: 2, what: 'part' }],
        endings: [{ part: 'driver', after: { ms: 1_500 }, downMs: 20 }],
      },
    },
  },
  {
    name: 'names-run-over',
    wrong: 'the ids of released blocks count towards their bound permanently',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'engine/src/driver/blocks-awaiting-checkpoint.ts',
        find: 'const blockIds = released.flatMap((entry) => entry.blockIds);\n    this.#count -= blockIds.length;',
        replace: 'const blockIds = released.flatMap((entry) => entry.blockIds);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/driver/blocks-awaiting-checkpoint.spec.ts' },
  },
  {
    name: 'call-it-clean',
    wrong: 'a stop that left due batches unmade reports itself as clean',
    outside: 'changes only a rate, a measurement or a report',
    patches: [
      {
        file: 'engine/src/driver/driver-stop.ts',
        find: '    report.batchesNotMade === 0 &&\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/context/stop-under-load.spec.ts' },
  },
  {
    name: 'refuse-at-the-bound-ahead',
    wrong: 'a driver refuses to continue from batches exactly at the maximum lead over the clock',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'engine/src/driver/driver-recovery.ts',
        find: 'if (aheadMs <= maxAheadMs) return;',
        replace: 'if (aheadMs < maxAheadMs) return;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/context/clock-that-is-set.spec.ts' },
  },
  {
    name: 'release-too-early',
    wrong: 'blocks are removed on executors when their batch completes, before a checkpoint covers the batch',
    patches: [
      {
        file: 'engine/src/driver/completed-batch-cleanup.ts',
        find: 'if (checkpoints === undefined) void this.release(doneUpTo);\n    else checkpoints.request();',
        replace: 'void this.release(doneUpTo);\n    checkpoints?.request();',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/context/restart.spec.ts' },
    shows: {
      faults: ['driver-death', 'disk-slow'],
      forced: {
        executors: 1,
        graphs: [],
        batchIntervalMs: 200,
        durability: 'process',
        checkpoints: true,
        settings: { closesFiles: true, blockStoreBytes: 4_096 },
        stream: { source: 'acknowledged' },
        disk: { slowMs: 80 },
        endings: [
          { part: 'driver', after: { ms: 900 }, downMs: 20 },
          { part: 'driver', after: { ms: 700 }, downMs: 20 },
          { part: 'driver', after: { ms: 600 }, downMs: 20 },
        ],
      },
    },
  },
  {
    name: 'note-parts-afterwards',
    wrong: 'the parts of a checkpoint whose write failed behind its file are unknown',
    shows: {
      faults: ['disk-failure', 'driver-death'],
      forced: {
        checkpoints: true,
        graphs: ['window', 'state'],
        disk: { append: 0.05, sync: 0.05, other: 0.05 },
      },
    },
    patches: [
      {
        file: 'engine/src/checkpoint/checkpoint-writer.ts',
        find: '    await this.#stored.noteTry(content.doneUpTo, parts);\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/checkpoint/checkpoint-writer.spec.ts' },
  },
];
