// The rate of writing and reading checkpoints, beside durable writes of the same bytes to a file, and reads of this
// file.
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { FileCheckpointStore, MsgpackCodec, NodeStorage, NoopLogger } from '@millrace/core';
import { type CheckpointContent, decodeCheckpoint, encodeCheckpoint } from '@millrace/engine/internals';
import type { BenchCase, BenchSuite, BenchWorkload } from '../runner/suite.ts';
import { type BenchDirectory, benchDirectory } from './bench-directory.ts';

const MILLRACE = 'checkpoint';
const BARE = 'bare file';

/** The number of repetitions in one call. */
const EACH = 8;

/** Pending batches and entries of state. */
const SIZES: readonly (readonly [number, number])[] = [
  [10, 10],
  [1_000, 1_000],
  [1_000, 100_000],
];

/** The suite `checkpoint`. */
export const checkpointSuite: BenchSuite = {
  name: 'checkpoint',
  purpose: 'rate of writing and reading checkpoints, beside bare files of the same bytes',
  unit: 'checkpoints',
  contenders: 2,
  workloads: SIZES.flatMap(([pending, entries]) => [
    benchWorkload(`write, ${sizeName(pending, entries)}`, contentOf(pending, entries), writeCases),
    benchWorkload(`read, ${sizeName(pending, entries)}`, contentOf(pending, entries), readCases),
  ]),
};

function sizeName(pending: number, entries: number): string {
  return `${pending.toLocaleString('en')} pending batches, ${entries.toLocaleString('en')} entries of state`;
}

function benchWorkload(
  name: string,
  content: CheckpointContent,
  casesOf: (content: CheckpointContent) => readonly BenchCase[],
): BenchWorkload {
  return {
    name,
    makeCases: () => casesOf(content),
    budgets: [{ contender: MILLRACE, against: BARE }],
  };
}

function contentOf(pending: number, entries: number): CheckpointContent {
  const counts = Array.from({ length: entries }, (_, at) => [`key-${at}`, at, 1_700_000_000_000 + at]);
  return {
    application: 'bench',
    batchIntervalMs: 1_000,
    zeroTime: 0,
    epoch: 1,
    doneUpTo: 1_000,
    lastMade: 1_000 * (pending + 1),
    pending: Array.from({ length: pending }, (_, at) => 1_000 * (at + 2)),
    fingerprint: '0123456789abcdef',
    operators: [{ id: 'counts', kind: 'update-state-by-key', hasUid: true }],
    state: [{ id: 'counts', kind: 'update-state-by-key', version: 1, data: counts, parts: [] }],
  };
}

/** Encoding is included, because a driver encodes in each batch. */
function writeCases(content: CheckpointContent): readonly BenchCase[] {
  const codec = new MsgpackCodec();
  const bytes = encodeCheckpoint(codec, content);
  const ours = benchDirectory();
  const theirs = benchDirectory();
  const store = storeIn(ours);
  return [
    caseOf(MILLRACE, ours, () => store.write(content.doneUpTo, encodeCheckpoint(codec, content))),
    caseOf(BARE, theirs, () => writeBare(theirs.path, bytes)),
  ];
}

function readCases(content: CheckpointContent): readonly BenchCase[] {
  const codec = new MsgpackCodec();
  const bytes = encodeCheckpoint(codec, content);
  const ours = benchDirectory();
  const theirs = benchDirectory();
  const store = storeIn(ours);
  const writing = Promise.all([store.write(content.doneUpTo, bytes), writeBare(theirs.path, bytes)]);
  return [
    caseOf(MILLRACE, ours, async () => {
      await writing;
      const found = await store.newest(
        (checkpoint) => decodeCheckpoint(codec, checkpoint.bytes) !== undefined,
      );
      if (found === undefined) throw new Error('there is no checkpoint');
    }),
    caseOf(BARE, theirs, async () => {
      await writing;
      if ((await readFile(join(theirs.path, 'bare'))).byteLength !== bytes.byteLength) throw new Error('cut');
    }),
  ];
}

function storeIn({ path }: BenchDirectory): FileCheckpointStore {
  return new FileCheckpointStore({ directory: path, storage: new NodeStorage(), log: new NoopLogger() });
}

function caseOf(name: string, directory: BenchDirectory, once: () => Promise<void>): BenchCase {
  return {
    name,
    operations: EACH,
    run: async () => {
      for (let count = 0; count < EACH; count += 1) await once();
    },
    close: directory.remove,
  };
}

/** Writes, syncs, renames, and syncs the directory: fewer steps would not survive a power loss. */
async function writeBare(directory: string, bytes: Uint8Array): Promise<void> {
  const path = join(directory, 'bare');
  const file = await open(`${path}.tmp`, 'w');
  await file.writeFile(bytes);
  await file.datasync();
  await file.close();
  await rename(`${path}.tmp`, path);
  const folder = await open(directory, 'r');
  await folder.sync();
  await folder.close();
}
