// Checks of a log whose directory was changed in its absence: by an unknown format, or by a file of another log or an
// older copy of one of its files. Only an implementation knows its files, so each check needs a hook of the target.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import {
  type Acknowledged,
  recordsOf,
  textsOf,
  write,
  type WriteAheadLogTrial,
} from './write-ahead-log-trial.ts';

/** Lives of a log; a log with several files begins a new one in each life. */
const LIVES = 5;
/** The life whose file is replaced, with neighbours on both sides. */
const MIDDLE = 2;

/** Checks of changed directories. */
export const LOG_DIRECTORY_CHECKS: readonly ConformanceCheck<WriteAheadLogTrial>[] = [
  {
    number: 'LOG-19.1',
    title: 'a directory with an unknown format is refused',
    look: 'the version in the first bytes, which must be read before any part that may differ between versions',
    run: async (trial) => {
      await ofUnknownFormat(trial);
      const error = await rejectionOf(trial.open().then(textsOf));
      assert(isMillraceError(error), `expected to be refused with a code, got ${told(error)}`);
    },
  },
  {
    number: 'LOG-19.2',
    title: 'opening a directory with an unknown format changes nothing',
    look: 'actions of open before the format check: cleaning up, cutting a tail, beginning a file',
    run: async (trial) => {
      const contents = hook(trial.target, 'contents');
      await ofUnknownFormat(trial);
      const before = await contents();
      const opened = await rejectionOf(trial.open().then(recordsOf));
      await trial.closeAll();
      assert.deepEqual(
        await contents(),
        before,
        `the log changed the directory, and answered ${told(opened)}`,
      );
    },
  },
  {
    number: 'LOG-20.1',
    title: 'a file of another log among the files of this log is reported as damage',
    promises: ['WAL-2'],
    look: 'the link between a file and its neighbours: numbers and checksums are valid in a file of another log, too',
    run: async (trial) => {
      const copyFile = hook(trial.target, 'copyFile');
      const theirs = await liveOn(trial, 'another');
      const ours = await liveOn(trial, 'log');
      const put = await copyFile(middleOf(theirs).handle);
      await put(middleOf(ours).handle);
      await assertDamaged(trial);
    },
  },
  {
    number: 'LOG-20.2',
    title: 'an older copy of a file among the files of the log is reported as damage',
    promises: ['WAL-2'],
    look: 'the reference of a file to its predecessor: the end of the predecessor, not only its name',
    run: async (trial) => {
      const copyFile = hook(trial.target, 'copyFile');
      let put: Awaited<ReturnType<typeof copyFile>> | undefined;
      const ours = await liveOn(trial, 'log', async (entry) => {
        put = await copyFile(entry.handle);
      });
      await put?.(middleOf(ours).handle);
      await assertDamaged(trial);
    },
  },
];

async function ofUnknownFormat(trial: WriteAheadLogTrial): Promise<void> {
  const raiseFormat = hook(trial.target, 'raiseFormat');
  const log = await trial.open();
  await write(log, 'of a later version');
  await log.close();
  await raiseFormat('log');
}

/**
 * Writes two entries in each of several lives; `amid` is called between the entries of the middle life. Returns the
 * first entry of each life.
 */
async function liveOn(
  trial: WriteAheadLogTrial,
  name: string,
  amid?: (entry: Acknowledged) => Promise<void>,
): Promise<readonly Acknowledged[]> {
  const first: Acknowledged[] = [];
  for (let life = 0; life < LIVES; life += 1) {
    const log = await trial.open(name);
    const entry = await write(log, `the first of ${life}`, life);
    if (life === MIDDLE) await amid?.(entry);
    await write(log, `the second of ${life}`, life);
    await log.close();
    first.push(entry);
  }
  const files = new Set(first.map(({ handle }) => handle.segment));
  applies(files.size === LIVES, 'the log keeps several lives in one file, which has no neighbours');
  return first;
}

function middleOf(entries: readonly Acknowledged[]): Acknowledged {
  const entry = entries[MIDDLE];
  assert(entry !== undefined);
  return entry;
}

async function assertDamaged(trial: WriteAheadLogTrial): Promise<void> {
  const error = await rejectionOf(trial.open().then(recordsOf));
  const isTold = isMillraceError(error, 'MR_WAL_CORRUPT_RECORD');
  assert(isTold, `expected MR_WAL_CORRUPT_RECORD, got ${told(error)}`);
}
