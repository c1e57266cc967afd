// Defective engines: from the block handler to batches, with waiting blocks and known blocks.
import type { Mutant } from './mutant.ts';

/** See the header of this file. */
export const TRACKING_MUTANTS: readonly Mutant[] = [
  {
    name: 'go-on-behind-allocated',
    wrong: 'a replayable source continues after the allocated blocks, and waiting blocks are read again',
    patches: [
      {
        file: 'engine/src/tracking/allocated-batches.ts',
        find: 'return positionOf([...allocated, ...waiting]) ?? this',
        replace: 'return positionOf(allocated) ?? this',
      },
    ],
    finder: { kind: 'simulation', faults: ['receiver-restart', 'driver-death'] },
  },
  {
    name: 'forget-position',
    wrong: 'a source whose batches are all dropped starts from the beginning',
    patches: [
      {
        file: 'engine/src/tracking/received-block-tracker.ts',
        find: '      this.#forgottenBefore = threshold;\n      this.#batches.notePositions(positions);',
        replace: '      this.#forgottenBefore = threshold;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/tracking/received-block-tracker.spec.ts' },
    shows: {
      faults: ['receiver-restart', 'driver-death'],
      forced: {
        graphs: [],
        batchIntervalMs: 200,
        loadMs: 4_000,
        lull: { fromMs: 400, forMs: 3_000 },
        stream: { source: 'positions', restartRate: 0.02 },
      },
    },
  },
  {
    name: 'clean-needed-content',
    wrong: 'the log loses the content of blocks that an unfinished batch needs',
    patches: [
      {
        file: 'engine/src/tracking/received-block-tracker.ts',
        find: 'let neededFrom = Math.min(threshold, this.#contentTimes.neededFrom(threshold));',
        replace: 'let neededFrom = threshold;',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/tracking/received-block-tracker.spec.ts' },
    shows: {
      faults: ['driver-death', 'job-failure'],
      forced: {
        durability: 'machine',
        settings: { segmentMs: 50, inlineBlockBytes: 65_536, blockStoreBytes: 4_096 },
      },
    },
  },
  {
    name: 'forget-content-over-a-restart',
    wrong: 'a driver does not know which content the batches of its predecessor need',
    patches: [
      {
        file: 'engine/src/tracking/received-block-tracker.ts',
        find: 'this.#contentTimes.add(timeMs, contentFromMs);',
        replace: 'this.#contentTimes.add(timeMs, contentFromMs * Number.POSITIVE_INFINITY);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/tracking/received-block-tracker.spec.ts' },
    shows: {
      faults: ['driver-death', 'job-failure'],
      forced: {
        durability: 'machine',
        onBatchFailure: 'hold',
        settings: { segmentMs: 50, inlineBlockBytes: 65_536, blockStoreBytes: 4_096 },
      },
    },
  },
  {
    name: 'clean-needed-additions',
    wrong: 'the log loses the additions of blocks that wait for a batch',
    patches: [
      {
        file: 'engine/src/tracking/received-block-tracker.ts',
        find: 'neededFrom = Math.min(neededFrom, neededFromMs);',
        replace: 'neededFrom = Math.min(neededFrom, Math.max(threshold, neededFromMs));',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/tracking/received-block-tracker.spec.ts' },
    shows: {
      faults: ['driver-death', 'disk-slow'],
      forced: { settings: { closesFiles: true } },
    },
  },
  {
    name: 'forget-half-a-range',
    wrong: 'in an abandoned range only the first block is recognised as too old',
    patches: [
      {
        file: 'engine/src/tracking/registered-blocks.ts',
        find: 'attempt.horizon = Math.max(attempt.horizon, lowest.last);',
        replace: 'attempt.horizon = Math.max(attempt.horizon, lowest.first);',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/tracking/registered-blocks.spec.ts' },
  },
  {
    name: 'drop-ranges',
    wrong: 'after a death of the driver, replayable blocks count as lost',
    patches: [
      {
        file: 'engine/src/tracking/received-block-tracker.ts',
        find: "if (block.durability !== 'memory' || block.range !== undefined) return true;",
        replace: "if (block.durability !== 'memory') return true;",
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/tracking/received-block-tracker.spec.ts' },
    shows: {
      faults: ['driver-death'],
      forced: { graphs: [], batchIntervalMs: 200, stream: { source: 'ranges' } },
    },
  },
  {
    name: 'log-addition-late',
    wrong: 'the log time of an addition is that of the following batch',
    patches: [
      {
        file: 'engine/src/tracking/stream-blocks.ts',
        find: '    this.#writingTimeMs = timeMs;\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/tracking/received-block-tracker.spec.ts' },
  },
  {
    name: 'take-leaves-log-times',
    wrong: 'the log times of allocated blocks stay in the list of waiting blocks',
    patches: [
      {
        file: 'engine/src/tracking/stream-blocks.ts',
        find: '    this.#waitingSinceMs.splice(0, count);\n',
        replace: '',
      },
    ],
    finder: { kind: 'simulation', seeds: 400 },
  },
  {
    name: 'addition-goes-on',
    wrong: 'an addition with a permanent refusal of the log does not end the engine',
    shows: { faults: ['lasting-refusal'] },
    patches: [
      {
        file: 'engine/src/tracking/stream-blocks.ts',
        find: 'if (fatal !== undefined) this.#deps.onFatal(fatal);',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/tracking/received-block-tracker.spec.ts' },
  },
  {
    name: 'wait-with-full-line',
    wrong: 'one block above the bound may wait for a batch',
    shows: {
      faults: ['receiver-restart'],
      forced: { batchIntervalMs: 1_000, blockIntervalMs: 10, settings: { maxUnallocatedBlocks: 5 } },
    },
    patches: [
      {
        file: 'engine/src/tracking/stream-blocks.ts',
        find: 'if (this.#waiting.length >= options.maxUnallocatedBlocks) {',
        replace: 'if (this.#waiting.length > options.maxUnallocatedBlocks) {',
      },
    ],
    finder: { kind: 'test', file: 'packages/engine/src/tracking/received-block-tracker.spec.ts' },
  },
];
