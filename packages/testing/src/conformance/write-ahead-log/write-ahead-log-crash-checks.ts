// Checks of a log whose process, machine or disk fails.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import { settle } from '../../settle.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import {
  type Acknowledged,
  assertHolds,
  recordsOf,
  textsOf,
  write,
  writeAll,
  type WriteAheadLogTrial,
} from './write-ahead-log-trial.ts';

/** The number of operations at which a write is interrupted, one after the other. */
const CUTS = 12;

/** Checks of surviving failures. */
export const LOG_CRASH_CHECKS: readonly ConformanceCheck<WriteAheadLogTrial>[] = [
  {
    number: 'LOG-1.1',
    title: 'an acknowledged write survives the death of the process',
    promises: ['WAL-1'],
    look: 'an acknowledgement before the operating system has the bytes',
    run: async (trial) => {
      const log = await trial.open();
      const written = await Promise.all([write(log, 'one'), write(log, 'two'), write(log, 'three')]);
      await assertHolds(await trial.restartProcess(), written);
    },
  },
  {
    number: 'LOG-1.2',
    title: 'an acknowledged write survives a power loss of the machine',
    promises: ['WAL-1'],
    look: 'a missing sync: of the file, or of the directory after a new file',
    run: async (trial) => {
      applies(
        trial.capabilities.durability === 'machine',
        'the log does not claim to survive a loss of power',
      );
      let log = await trial.open();
      const all: Acknowledged[] = [];
      for (let life = 0; life < 5; life += 1) {
        // bounded: two
        all.push(...(await Promise.all([write(log, `one ${life}`), write(log, `two ${life}`)])));
        all.push(await write(log, `large ${life}`.repeat(1_500)));
        log = await trial.restartMachine();
        await assertHolds(log, all);
      }
    },
  },
  {
    number: 'LOG-1.3',
    title: 'a rejected write is not returned by recovery, and may be written again',
    look: 'the treatment of the bytes of a failed append or sync',
    run: async (trial) => {
      const { target } = trial;
      const fail = hook(target, 'fail');
      for (const operation of ['append', 'sync'] as const) {
        const log = await trial.open();
        const before = await textsOf(log);
        fail(operation);
        const refused = rejectionOf(write(log, `refused ${operation}`));
        await settle();
        fail(undefined);
        // A log may have to wait for a working disk to decide the fate of an entry.
        const again = trial.writeUntilDone(log, `again ${operation}`);
        const error = await refused;
        await again;
        const found = (await textsOf(await trial.reopen(log))).map(([text]) => text);
        const isThere = found.includes(`refused ${operation}`);
        assert.equal(isThere, error === undefined, 'the answer and recovery contradict each other');
        assert.equal(found.at(-1), `again ${operation}`);
        assert(found.length >= before.length + 1, 'older entries are missing');
        await trial.closeAll();
      }
    },
  },
  {
    number: 'LOG-7.2',
    title: 'reading a damaged entry rejects with MR_WAL_CORRUPT_RECORD',
    look: 'the checksum of the payload',
    run: async (trial) => {
      const { target } = trial;
      const damage = hook(target, 'damage');
      const log = await trial.open();
      const [first, second, third] = await writeAll(log, threeEntries());
      assert(first !== undefined && second !== undefined && third !== undefined);
      const reopened = await trial.reopen(log);
      await damage(second.handle);
      const error = await rejectionOf(reopened.read(second.handle));
      assert(
        isMillraceError(error, 'MR_WAL_CORRUPT_RECORD'),
        `expected MR_WAL_CORRUPT_RECORD, got ${told(error)}`,
      );
      assert.equal(Buffer.from(await reopened.read(third.handle)).toString(), third.text);
    },
  },
  {
    number: 'LOG-9.1',
    title: 'a write interrupted at any point leaves a log that opens, with all acknowledged entries',
    promises: ['WAL-2'],
    look: 'the torn tail: finding the end of the log after a crash',
    run: async (trial) => {
      const { target } = trial;
      const haltAfter = hook(target, 'haltAfter');
      const acknowledged: Acknowledged[] = [];
      const begun = new Set<string>();
      for (let cut = 1; cut <= CUTS; cut += 1) {
        const log = cut === 1 ? await trial.open() : await trial.restartProcess();
        const found = (await textsOf(log)).map(([text]) => text);
        assertRecovered({ found, acknowledged: acknowledged.map(({ text }) => text), begun });
        const halted = haltAfter(cut);
        for (const text of [`one ${cut}`, `two ${cut}`.repeat(500), `three ${cut}`]) {
          begun.add(text);
          void write(log, text).then(
            (entry) => acknowledged.push(entry),
            // A refused entry may have been begun and is not acknowledged.
            () => undefined,
          );
        }
        await Promise.race([halted, settle().then(settle)]);
        await settle();
      }
      // The interruption may still be to come, and would come while the log is being closed.
      await trial.restartProcess();
    },
  },
  {
    number: 'LOG-10.1',
    title: 'damage in the middle is reported as MR_WAL_CORRUPT_RECORD with segment and offset',
    look: 'recovery that treats damage as a torn tail, or skips the damage',
    run: async (trial) => {
      const { target } = trial;
      const damage = hook(target, 'damage');
      const log = await trial.open();
      const [, second] = await writeAll(log, threeEntries());
      assert(second !== undefined);
      await log.close();
      await damage(second.handle);
      const error = await rejectionOf(trial.open().then(recordsOf));
      assert(
        isMillraceError(error, 'MR_WAL_CORRUPT_RECORD'),
        `expected MR_WAL_CORRUPT_RECORD, got ${told(error)}`,
      );
      assert('segment' in error.details && 'offset' in error.details, 'details lack segment and offset');
    },
  },
];

function threeEntries(): readonly (readonly [string, number])[] {
  return ['first', 'second', 'third'].map((text, i) => [text.repeat(200), i] as const);
}

/**
 * Asserts that every acknowledged entry is present, in order; any further entry was at least begun, and each entry is
 * present once.
 */
function assertRecovered(recovered: {
  readonly found: readonly string[];
  readonly acknowledged: readonly string[];
  readonly begun: ReadonlySet<string>;
}): void {
  const { found, acknowledged, begun } = recovered;
  const missing = acknowledged.filter((text) => !found.includes(text));
  assert.deepEqual(missing.map(short), [], 'acknowledged and missing');
  const order = found.filter((text) => acknowledged.includes(text));
  assert.deepEqual(
    order.map(short),
    acknowledged.map(short),
    'recovered in another order, or more than once',
  );
  const strange = found.filter((text) => !begun.has(text));
  assert.deepEqual(strange.map(short), [], 'recovered but never written with this content');
}

function short(text: string): string {
  return text.slice(0, 20);
}
