// Defective write-ahead logs.
import type { Mutant } from './mutant.ts';

const SEGMENT_WRITER = 'wal/src/segment-writer.ts';

/** See the header of this file. */
export const LOG_MUTANTS: readonly Mutant[] = [
  {
    name: 'acknowledge-before-sync',
    wrong: 'the log acknowledges an entry before the sync',
    patches: [
      {
        file: SEGMENT_WRITER,
        find: 'if (this.#header.isSynced) await this.#sync(onWaiting);',
        replace: 'onWaiting();',
      },
    ],
    finder: { kind: 'simulation', faults: ['power-loss'] },
  },
  {
    name: 'ignore-failed-sync',
    wrong: 'a failed sync counts as successful',
    patches: [
      {
        file: SEGMENT_WRITER,
        find: 'await syncing;',
        replace: 'await syncing.catch(() => undefined);',
      },
    ],
    finder: { kind: 'simulation', faults: ['disk-failure'] },
  },
  {
    name: 'clean-at-the-threshold',
    wrong: 'a segment whose newest entry is exactly at the threshold is removed',
    patches: [
      {
        file: 'wal/src/segment-cleanup.ts',
        find: 'newestTime(segment, segments) < thresholdMs',
        replace: 'newestTime(segment, segments) <= thresholdMs',
      },
    ],
    finder: { kind: 'test', file: 'packages/wal/src/segment-cleanup.spec.ts' },
  },
  {
    name: 'refuse-for-good',
    wrong: 'after the end of a failed segment, the log refuses every entry',
    patches: [
      {
        file: 'wal/src/group-commit.ts',
        find: '    } finally {\n      this.#refusal = undefined;\n    }',
        replace: '    } finally {\n      signal.throwIfAborted();\n    }',
      },
    ],
    finder: { kind: 'simulation', faults: ['disk-failure', 'disk-full'] },
  },
  {
    name: 'waiting-bytes-run-over',
    wrong: 'the bytes of refused entries count as waiting permanently',
    patches: [
      {
        file: 'wal/src/waiting-writes.ts',
        find: '      this.#settled(entry);\n      entry.outcome.reject(error);',
        replace: '      entry.outcome.reject(error);',
      },
    ],
    finder: { kind: 'test', file: 'packages/wal/src/waiting-writes.spec.ts' },
    shows: {
      faults: ['disk-failure'],
      forced: {
        executors: 0,
        graphs: [],
        batchIntervalMs: 200,
        durability: 'machine',
        settings: { logWaitingBytes: 4_096 },
        disk: { append: 0.1, sync: 0.1, slowMs: 20 },
      },
    },
  },
  {
    name: 'release-at-the-threshold',
    wrong: 'a segment with blocks of the batch at the threshold is removed',
    patches: [
      {
        file: 'wal/src/block-account.ts',
        find: 'latestBatch < news.threshold;',
        replace: 'latestBatch <= news.threshold;',
      },
    ],
    finder: { kind: 'test', file: 'packages/wal/src/block-account.spec.ts' },
  },
  {
    name: 'names-of-blocks-stay',
    wrong: 'the ids of blocks in a removed segment stay in the index',
    outside: 'costs time or memory only',
    patches: [
      {
        file: 'wal/src/block-account.ts',
        find: 'for (const id of this.#segments.get(segment)?.needed ?? []) this.#blocks.delete(id);',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/wal/src/block-account.spec.ts' },
  },
  {
    name: 'write-over-too-early',
    wrong: 'the file of a removed segment is reused before its removal is durable',
    patches: [
      {
        file: 'wal/src/segment-cleanup.ts',
        find: '      if (!isKept) await storage.remove(segmentPath(directory, number));\n',
        replace:
          '      if (isKept) spare.arrived();\n      else await storage.remove(segmentPath(directory, number));\n',
      },
    ],
    finder: { kind: 'test', file: 'packages/wal/src/segment-cleanup.spec.ts' },
  },
  {
    name: 'prove-by-the-same-group',
    wrong: 'a gap counts as damage because of an entry of the same group',
    patches: [
      {
        file: 'wal/src/find-tail.ts',
        find: 'frame.groupOffset > first.offset',
        replace: 'frame.groupOffset >= first.offset',
      },
    ],
    finder: { kind: 'test', file: 'packages/wal/src/find-tail.spec.ts' },
    shows: {
      faults: ['power-loss', 'disk-slow'],
      forced: {
        executors: 0,
        graphs: [],
        batchIntervalMs: 200,
        blockIntervalMs: 10,
        durability: 'machine',
        stream: { recordsPerSecond: 200, source: 'acknowledged' },
        // Groups of many entries; each power loss takes some of their pages.
        disk: { slowMs: 20 },
        endings: [
          { part: 'machine', after: { ms: 333 }, downMs: 0 },
          { part: 'machine', after: { ms: 411 }, downMs: 0 },
          { part: 'machine', after: { ms: 287 }, downMs: 0 },
          { part: 'machine', after: { ms: 350 }, downMs: 0 },
          { part: 'machine', after: { ms: 299 }, downMs: 0 },
        ],
      },
    },
  },
  {
    name: 'old-bytes-behind-the-seal',
    wrong: 'a segment in a reused file ends with bytes of the removed segment',
    patches: [
      {
        file: 'wal/src/segment-writer.ts',
        find: '      // Recovery looks for a seal at the end of the file.\n      if (this.#room !== undefined) await this.#file.truncate(this.#endBytes);\n',
        replace: '',
      },
    ],
    finder: { kind: 'test', file: 'packages/wal/src/reused-segments.spec.ts' },
  },
];
