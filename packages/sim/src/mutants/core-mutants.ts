// Defective parts of the core: codec, checkpoint store, time, memory, options, files, text.
import type { Mutant } from './mutant.ts';

/** See the header of this file. */
export const CORE_MUTANTS: readonly Mutant[] = [
  {
    name: 'decode-a-view-from-zero',
    wrong: 'encoded records that are a view are read from the beginning of the underlying memory',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'core/src/codec/msgpack-codec.ts',
        find: 'bytes.byteOffset + 1, bytes.byteLength - 1',
        replace: '1, bytes.byteLength - 1',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/codec/msgpack-codec.spec.ts' },
  },
  {
    name: 'trust-damaged-checkpoint',
    wrong: 'a checkpoint with a wrong checksum is read',
    patches: [
      {
        file: 'core/src/checkpoint/file-checkpoint-store.ts',
        find: 'return damage === undefined ? { bytes } : { problem: damage };',
        replace: 'return { bytes, ...(damage === undefined ? {} : {}) };',
      },
    ],
    finder: { kind: 'simulation', faults: ['damaged-bit', 'driver-death'] },
  },
  {
    name: 'name-not-synced',
    wrong: 'a power loss may lose the name of a new checkpoint',
    patches: [
      {
        file: 'core/src/checkpoint/file-checkpoint-store.ts',
        find: '    await this.#storage.syncDirectory(this.#directory);\n    await this.#assertInPlace();',
        replace: '    await this.#assertInPlace();',
      },
    ],
    finder: { kind: 'simulation', faults: ['power-loss'] },
  },
  {
    name: 'keep-a-checkpoint-too-few',
    wrong: 'one checkpoint less than requested is kept',
    patches: [
      {
        file: 'core/src/checkpoint/file-checkpoint-store.ts',
        find: '.slice(0, -keep)',
        replace: '.slice(0, Math.min(-1, 1 - keep))',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/checkpoint/file-checkpoint-store.spec.ts' },
    shows: {
      faults: ['driver-death'],
      forced: { graphs: ['state'], batchIntervalMs: 200, checkpoints: true },
    },
  },
  {
    name: 'drafts-stay',
    wrong: 'leftovers of writing a checkpoint are never removed',
    patches: [
      {
        file: 'core/src/checkpoint/file-checkpoint-store.ts',
        find: 'for (const name of [...old, ...left]) {',
        replace: 'for (const name of [...old, ...left.slice(1)]) {',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/checkpoint/file-checkpoint-store.spec.ts' },
    shows: {
      faults: ['driver-death', 'disk-slow'],
      forced: { graphs: ['state'], batchIntervalMs: 200, checkpoints: true },
    },
  },
  {
    name: 'tick-twice',
    wrong: 'the second timer of a tick is not cancelled',
    patches: [
      { file: 'core/src/time/recurring-timer.ts', find: '    this.#guard?.cancel();\n', replace: '' },
    ],
    finder: { kind: 'simulation', seeds: 400 },
  },
  {
    name: 'skip-at-the-last-missed',
    wrong: 'exactly the maximum number of missed ticks is skipped instead of made up for',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'core/src/time/recurring-timer.ts',
        find: 'return missed > missedMax ?',
        replace: 'return missed >= missedMax ?',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/time/recurring-timer.spec.ts' },
  },
  {
    name: 'heap-out-of-order',
    wrong: 'a call that replaces a removed heap entry does not move up to its place',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'core/src/time/indexed-heap.ts',
        find: 'this.#sink(last, this.#rise(last, place));',
        replace: 'this.#sink(last, place);',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/time/timer-queue.spec.ts' },
  },
  {
    name: 'store-bytes-run-over',
    wrong: 'the bytes of removed blocks count as evictable permanently',
    patches: [
      {
        file: 'core/src/memory/memory-block-store.ts',
        find: 'if (this.#evictable.delete(id)) this.#evictableBytes -= block.sizeBytes;',
        replace: 'this.#evictable.delete(id);',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/memory/memory-block-store.spec.ts' },
    shows: {
      faults: ['driver-death', 'disk-slow'],
      forced: {
        executors: 0,
        graphs: ['window'],
        batchIntervalMs: 200,
        settings: { blockStoreBytes: 4_096 },
      },
    },
  },
  {
    name: 'take-undefined-for-a-value',
    wrong: 'an undefined option is refused instead of ignored',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'core/src/options/resolve-options.ts',
        find: '    else if (value === undefined) continue;\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/options/resolve-options.spec.ts' },
  },
  {
    name: 'refuse-the-least',
    wrong: 'the minimum value of an option is refused',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'core/src/options/option-rules.ts',
        find: '(value as number) >= least;',
        replace: '(value as number) > least;',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/options/option-rules.spec.ts' },
  },
  {
    name: 'require-what-is-given-as-nothing',
    wrong: 'a required option with the value undefined counts as present',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'core/src/options/resolve-options.ts',
        find: '?.[name] !== undefined;',
        replace: '?.hasOwnProperty(name) === true;',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/options/resolve-options.spec.ts' },
  },
  {
    name: 'take-files-of-the-batch-before',
    wrong: 'a file changed at exactly the batch time belongs to the next batch',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'core/src/files/file-selection.ts',
        find: 'entry.modifiedMs > batchTime) return false;',
        replace: 'entry.modifiedMs >= batchTime) return false;',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/files/file-selection.spec.ts' },
  },
  {
    name: 'take-a-settled-file-again',
    wrong: 'after the clock was set back, a file of a dropped batch is read once more',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'core/src/files/file-selection.ts',
        find: 'if (file.modifiedMs > this.#thresholdMs) this.#settled.set(file.name, file);',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/files/file-selection.spec.ts' },
  },
  {
    name: 'line-of-exactly-the-bound',
    wrong: 'a line in two chunks of exactly the maximum length is left out',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'core/src/text/line-framer.ts',
        find: 'if (this.#heldBytes + firstEnd > this.#maxLineBytes) {',
        replace: 'if (this.#heldBytes + firstEnd >= this.#maxLineBytes) {',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/text/line-framer.spec.ts' },
  },
  {
    name: 'open-once-and-for-all',
    wrong: 'a sink whose open failed is not opened again',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'core/src/sinks/sink-writer.ts',
        find: 'if (this.#opened === opening) this.#opened = undefined;',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/sinks/sink-writer.spec.ts' },
  },
  {
    name: 'repeat-a-short-write',
    wrong: 'after a write of which the system accepted one byte, this byte is written again',
    outside: 'no simulated program reaches the defect',
    patches: [
      {
        file: 'core/src/node/node-storage-file.ts',
        find: 'if (first !== undefined && left > 0) rest[0] = first.subarray(left);',
        replace: 'if (first !== undefined && left > 1) rest[0] = first.subarray(left);',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/node/storage-failure.spec.ts' },
  },
  {
    name: 'learn-from-half',
    wrong: 'a batch of exactly half the rate does not count as a measurement of large batches',
    outside: 'changes only a rate, a measurement or a report',
    patches: [
      {
        file: 'core/src/rates/capacity-rate-estimator.ts',
        find: 'isOverloaded || size >= LARGE',
        replace: 'isOverloaded || size > LARGE',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/rates/capacity-rate-estimator.spec.ts' },
  },
  {
    name: 'weigh-by-the-last-digit',
    wrong: 'equal weights with another order of summation count as different',
    outside: 'changes only a rate, a measurement or a report',
    patches: [
      {
        file: 'core/src/scheduling/reschedule-by-weight.ts',
        find: 'weightOf(executor) <= least + WEIGHT_TOLERANCE',
        replace: 'weightOf(executor) <= least',
      },
    ],
    finder: { kind: 'test', file: 'packages/core/src/scheduling/load-balanced-scheduling-policy.spec.ts' },
  },
];
