// What is proven of a log whose process, machine or disk fails.
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

/** At how many operations a write is cut off, one after the other. */
const CUTS = 12;

/** Checks of what a log survives. */
export const LOG_CRASH_CHECKS: readonly ConformanceCheck<WriteAheadLogTrial>[] = [
  {
    number: 'LOG-1.1',
    title: 'an acknowledged write is there after the process died',
    promises: ['WAL-1'],
    look: 'acknowledging before the bytes are with the operating system',
    run: async (trial) => {
      const log = await trial.open();
      const written = await Promise.all([write(log, 'one'), write(log, 'two'), write(log, 'three')]);
      await assertHolds(await trial.restartProcess(), written);
    },
  },
  {
    number: 'LOG-1.2',
    title: 'an acknowledged write is there after the machine lost power',
    promises: ['WAL-1'],
    look: 'a missing sync: of the file, or of the directory after a file was made in it',
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
    look: 'what is done about the bytes of a failed append or sync',
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
        // A log that can say for certain what became of an entry only after the disk works again may wait for that.
        const again = trial.writeUntilDone(log, `again ${operation}`);
        const error = await refused;
        await again;
        const found = (await textsOf(await trial.reopen(log))).map(([text]) => text);
        const isThere = found.includes(`refused ${operation}`);
        assert.equal(isThere, error === undefined, 'the answer and recovery contradict each other');
        assert.equal(found.at(-1), `again ${operation}`);
        assert(found.length >= before.length + 1, 'older entries are gone');
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
    title: 'a write that was cut off at any point leaves a log that opens, with all that was acknowledged',
    promises: ['WAL-2'],
    look: 'the torn tail: how the end of the log is found after a crash',
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
            // Refused: it may be begun, and it is not acknowledged.
            () => undefined,
          );
        }
        await Promise.race([halted, settle().then(settle)]);
        await settle();
      }
    },
  },
  {
    number: 'LOG-10.1',
    title: 'damage in the middle is MR_WAL_CORRUPT_RECORD with segment and offset, never silence',
    look: 'recovery that takes damage for a torn tail, or passes over it',
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
      assert('segment' in error.details && 'offset' in error.details, 'details name no segment and offset');
    },
  },
];

function threeEntries(): readonly (readonly [string, number])[] {
  return ['first', 'second', 'third'].map((text, i) => [text.repeat(200), i] as const);
}

/** Everything acknowledged is there, in order; what else is there was at least begun, and each is there once. */
function assertRecovered(recovered: {
  readonly found: readonly string[];
  readonly acknowledged: readonly string[];
  readonly begun: ReadonlySet<string>;
}): void {
  const { found, acknowledged, begun } = recovered;
  const missing = acknowledged.filter((text) => !found.includes(text));
  assert.deepEqual(missing.map(short), [], 'acknowledged, and not there');
  const order = found.filter((text) => acknowledged.includes(text));
  assert.deepEqual(
    order.map(short),
    acknowledged.map(short),
    'recovered in another order, or more than once',
  );
  const strange = found.filter((text) => !begun.has(text));
  assert.deepEqual(strange.map(short), [], 'recovered, and never written like that');
}

function short(text: string): string {
  return text.slice(0, 20);
}
