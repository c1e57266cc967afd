// Checks of a working log: writing, reading, and the life of a log.
import assert from 'node:assert/strict';
import { isMillraceError, type LogHandle } from '@millrace/core';
import { settle } from '../../settle.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import {
  assertHolds,
  recordsOf,
  textsOf,
  write,
  writeAll,
  type WriteAheadLogTrial,
} from './write-ahead-log-trial.ts';

const WAITING = 200;
const LARGE = 300_000;
const HOUR_MS = 3_600_000;

/** Checks of writing, reading and life. */
export const LOG_CHECKS: readonly ConformanceCheck<WriteAheadLogTrial>[] = [
  {
    number: 'LOG-2.1',
    title: 'concurrent writes are each acknowledged, small beside large',
    look: 'group commit: a full group, a large entry alone in its group, a forgotten waiter',
    run: async (trial) => {
      const log = await trial.open();
      const texts = Array.from({ length: WAITING }, (_, i) => (i === 7 ? 'x'.repeat(LARGE) : `entry ${i}`));
      const written = await Promise.all(texts.map((text) => write(log, text)));
      await assertHolds(await trial.reopen(log), written);
    },
  },
  {
    number: 'LOG-2.2',
    title: 'a write that waits for an hour is neither failed nor repeated',
    look: 'a time-out on writes: the entry may still be written, and a retry would write the entry twice',
    run: async (trial) => {
      const hold = hook(trial.target, 'hold');
      const log = await trial.open();
      const release = hold();
      let outcome = 'waiting';
      const writing = write(log, 'patient').finally(() => {
        outcome = 'settled';
      });
      writing.catch(() => undefined);
      await settle();
      await trial.target.advance?.(HOUR_MS);
      assert.equal(outcome, 'waiting', 'the write settled while the disk was still busy');
      release();
      await assertHolds(await trial.reopen(log), [await writing]);
    },
  },
  {
    number: 'LOG-5.1',
    title: 'a write after close is refused with MR_WAL_CLOSED and leaves nothing',
    look: 'the state left behind by close',
    run: async (trial) => {
      const log = await trial.open();
      const written = await write(log, 'before');
      await log.close();
      const error = await rejectionOf(write(log, 'after'));
      assert(isMillraceError(error, 'MR_WAL_CLOSED'), `expected MR_WAL_CLOSED, got ${told(error)}`);
      await assertHolds(await trial.open(), [written]);
    },
  },
  {
    number: 'LOG-7.1',
    title: 'an entry is readable by its handle at once, among others and after reopening',
    look: 'offsets of entries, and reading from the segment being written',
    run: async (trial) => {
      const log = await trial.open();
      const written = await writeAll(log, [
        ['one', 1],
        ['', 2],
        ['x'.repeat(LARGE), 3],
        ['four', 4],
      ]);
      for (const { handle, text } of written)
        assert(
          Buffer.from(await log.read(handle)).equals(Buffer.from(text)),
          'read returned another payload',
        );
      const reopened = await trial.reopen(log);
      for (const { handle, text } of written.toReversed())
        assert(
          Buffer.from(await reopened.read(handle)).equals(Buffer.from(text)),
          'another payload after reopening',
        );
    },
  },
  {
    number: 'LOG-8.1',
    title: 'recovery returns every entry with its time, in order',
    promises: ['WAL-2'],
    look: 'the stored time, which may have a fraction, be negative, and go back',
    run: async (trial) => {
      const log = await trial.open();
      const written = await writeAll(log, [
        ['a', 1_732_158_000_123.25],
        ['', 0],
        ['c', -1],
        ['d', 5],
        ['d', 5],
      ]);
      const reopened = await trial.reopen(log);
      await assertHolds(reopened, written);
      const handles = (await recordsOf(reopened)).map(({ handle }) => handle);
      assert.deepEqual(
        handles,
        written.map(({ handle }) => handle),
        'recovery returns other handles than write',
      );
    },
  },
  {
    number: 'LOG-8.2',
    title: 'recovery returns entries of several lives in one order',
    promises: ['WAL-2'],
    look: 'the order of segments, and the end of the last open segment',
    run: async (trial) => {
      const all = [];
      for (let life = 0; life < 12; life += 1) {
        const log = await trial.open();
        assert.equal(
          (await recordsOf(log)).length,
          all.length,
          `entries are missing or repeated in life ${life}`,
        );
        all.push(await write(log, `life ${life}`, life), await write(log, `still ${life}`, life));
        await log.close();
      }
      await assertHolds(await trial.open(), all);
    },
  },
  {
    number: 'LOG-11.1',
    title: 'a handle survives conversion to text and back',
    look: 'handles that hold more than strings and numbers, or refer to objects of one process',
    run: async (trial) => {
      const log = await trial.open();
      const { handle } = await write(log, 'one');
      const copy = JSON.parse(JSON.stringify(handle)) as LogHandle;
      assert.deepEqual(copy, handle, 'the handle is not plain data');
      const reopened = await trial.reopen(log);
      assert.equal(Buffer.from(await reopened.read(copy)).toString(), 'one');
    },
  },
  {
    number: 'LOG-12.1',
    title: 'cleaning keeps every entry at or above the threshold',
    promises: ['WAL-4'],
    look: 'the entry that decides about a segment: the newest, not the oldest',
    run: async (trial) => {
      let log = await trial.open();
      const kept = [];
      for (let timeMs = 1; timeMs <= 20; timeMs += 1) {
        // Out of order, so that a segment's first time says nothing about the last.
        const time = timeMs % 2 === 0 ? timeMs - 1 : timeMs + 1;
        const entry = await write(log, `entry ${time}`, time);
        if (time >= 10) kept.push(entry);
        if (timeMs % 5 === 0) log = await trial.reopen(log);
      }
      await log.clean(10);
      for (const { handle, text } of kept) assert.equal(Buffer.from(await log.read(handle)).toString(), text);
      const found = (await textsOf(await trial.reopen(log))).map(([text]) => text);
      const missing = kept.filter(({ text }) => !found.includes(text)).map(({ text }) => text);
      assert.deepEqual(missing, [], 'cleaning removed an entry that an unfinished batch may need');
    },
  },
  {
    number: 'LOG-12.2',
    title: 'a fully cleaned log continues to work',
    look: 'the newest segment, which is never removed; later entries must be found',
    run: async (trial) => {
      const log = await trial.open();
      await write(log, 'old', 1);
      await log.clean(1_000);
      const written = await write(log, 'new', 2_000);
      await log.clean(1_000);
      assert.equal(Buffer.from(await log.read(written.handle)).toString(), 'new');
      const found = await textsOf(await trial.reopen(log));
      assert.deepEqual(found.at(-1), ['new', 2_000]);
    },
  },
  {
    number: 'LOG-13.1',
    title: 'close waits for pending writes',
    look: 'a close that releases the file while a group is being written',
    run: async (trial) => {
      const log = await trial.open();
      const release = trial.target.hold?.();
      const writing = Promise.all(Array.from({ length: 20 }, (_, i) => write(log, `entry ${i}`)));
      let isClosed = false;
      const closing = log.close().then(() => {
        isClosed = true;
      });
      if (release !== undefined) {
        await settle();
        assert(!isClosed, 'close resolved while the disk was still busy with a write');
        release();
      }
      await closing;
      await assertHolds(await trial.open(), await writing);
    },
  },
  {
    number: 'LOG-13.2',
    title: 'close may be repeated, also concurrently',
    look: 'a second close that releases the lock or the file again',
    run: async (trial) => {
      const log = await trial.open();
      await Promise.all([log.close(), log.close()]);
      const other = await trial.open();
      await log.close();
      await write(other, 'after the second close of the old log');
      if (trial.capabilities.takesOver !== true) {
        const error = await rejectionOf(trial.open());
        assert(error !== undefined, 'closing the old log again released the new log’s lock');
      }
      await other.close();
    },
  },
  {
    number: 'LOG-14.1',
    title: 'open creates an absent log, which is empty',
    look: 'the folder or table of a new log',
    run: async (trial) => {
      assert.deepEqual(await textsOf(await trial.open()), []);
    },
  },
  {
    number: 'LOG-14.2',
    title: 'open is refused while the log is open elsewhere, and works after a close',
    look: 'the lock of the log, and its release by close',
    run: async (trial) => {
      applies(trial.capabilities.takesOver !== true, 'open takes the log over');
      const log = await trial.open();
      const written = await write(log, 'first');
      const error = await rejectionOf(trial.open());
      assert(isMillraceError(error), `expected to be refused with a code, got ${told(error)}`);
      const more = await write(log, 'second');
      await assertHolds(await trial.reopen(log), [written, more]);
    },
  },
  {
    number: 'LOG-14.3',
    title: 'open works after the death of the process that had opened the log',
    look: 'a lock that outlives its process',
    run: async (trial) => {
      await trial.open();
      const log = await trial.restartProcess();
      await write(log, 'one');
    },
  },
  {
    number: 'LOG-14.4',
    title: 'logs with different names are independent',
    look: 'the mapping from names to locations',
    run: async (trial) => {
      const one = await trial.open('one');
      const two = await trial.open('two');
      const written = await write(one, 'in one');
      assert.deepEqual(await textsOf(two), []);
      await one.close();
      await assertHolds(await trial.open('one'), [written]);
    },
  },
  {
    number: 'LOG-14.5',
    title: 'a log that was taken over refuses every later write with MR_WAL_FENCED, and keeps the others',
    promises: ['BAT-1', 'WAL-2'],
    look: 'a write under way at the takeover: in the log and acknowledged, or refused and not in the log',
    run: async (trial) => {
      applies(trial.capabilities.takesOver === true, 'open is refused while the log is open elsewhere');
      const log = await trial.open();
      const before = await write(log, 'before');
      const underWay = Array.from({ length: 20 }, (_, i) => write(log, `under way ${i}`));
      for (const writing of underWay) writing.catch(() => undefined);
      const next = await trial.open();
      const found = await textsOf(next);
      const outcomes = await Promise.allSettled(underWay);
      const kept = [before];
      for (const outcome of outcomes) if (outcome.status === 'fulfilled') kept.push(outcome.value);
      assert.deepEqual(
        found.map(([text]) => text),
        kept.map(({ text }) => text),
        'recovery differs from the acknowledged entries',
      );
      const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      refused.push(await rejectionOf(write(log, 'later')), await rejectionOf(write(log, 'later still')));
      for (const error of refused) {
        assert(isMillraceError(error, 'MR_WAL_FENCED'), `expected MR_WAL_FENCED, got ${told(error)}`);
        assert.equal(error.disposition, 'stop-engine');
      }
      await log.close();
      const after = await write(next, 'after');
      await assertHolds(await trial.reopen(next), [...kept, after]);
    },
  },
  {
    number: 'LOG-15.1',
    title: 'concurrent writes are all present once, in the order of the calls',
    promises: ['WAL-2'],
    look: 'the queue before the writer: entries that arrive while a group is written',
    run: async (trial) => {
      const log = await trial.open();
      const writing = [];
      for (let i = 0; i < WAITING; i += 1) {
        writing.push(write(log, `entry ${i}`, i));
        if (i % 17 === 0) await Promise.resolve();
        if (i % 41 === 0) await settle();
      }
      const written = await Promise.all(writing);
      await assertHolds(await trial.reopen(log), written);
    },
  },
  {
    number: 'LOG-4.1',
    title: 'without room a write is refused with MR_WAL_FULL, and writing resumes when there is room',
    look: 'the conversion of a full disk to a refusal; a refused entry must be absent afterwards',
    run: async (trial) => {
      const { target } = trial;
      const setFull = hook(target, 'setFull');
      const log = await trial.open();
      const before = await write(log, 'before');
      setFull(true);
      const error = await rejectionOf(write(log, 'refused'.repeat(2_000)));
      assert(isMillraceError(error, 'MR_WAL_FULL'), `expected MR_WAL_FULL, got ${told(error)}`);
      assert.equal(error.disposition, 'back-off');
      setFull(false);
      const after = await write(log, 'after');
      await assertHolds(await trial.reopen(log), [before, after]);
    },
  },
  {
    number: 'LOG-6.1',
    title: 'after a failed sync nothing is appended to the same file',
    promises: ['WAL-3'],
    look: 'the writer after a failure, which must continue in a new file',
    run: async (trial) => {
      const { target } = trial;
      const fail = hook(target, 'fail');
      const violations = hook(target, 'violations');
      applies(trial.capabilities.durability === 'machine', 'the log does not claim to sync');
      const log = await trial.open();
      const before = await write(log, 'before');
      fail('sync');
      await rejectionOf(Promise.race([write(log, 'unsynced'), settle().then(settle)]));
      fail(undefined);
      const after = await trial.writeUntilDone(log, 'after');
      assert.deepEqual(violations(), []);
      const found = (await textsOf(await trial.restartMachine())).map(([text]) => text);
      for (const { text } of [before, after]) assert(found.includes(text), `${text} is missing`);
    },
  },
];
