// Checks of the amounts of a log.
import assert from 'node:assert/strict';
import type { LogGauges, UnconfirmedWrites } from '@millrace/core/observation';
import { settle } from '../../settle.ts';
import { assertLogGauges } from '../kit/amounts.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies } from '../kit/not-applicable.ts';
import { rejectionOf } from '../kit/rejection-of.ts';
import { write, writeAll, type WriteAheadLogTrial } from './write-ahead-log-trial.ts';

const HOUR_MS = 3_600_000;
const TEXTS = ['one', 'two', 'three'];

/** Checks of the amounts. */
export const LOG_AMOUNT_CHECKS: readonly ConformanceCheck<WriteAheadLogTrial>[] = [
  {
    number: 'LOG-21.1',
    title: 'gauges returns amounts at once, in any state of the log, and counts failed writes',
    look: 'a log without entries or without a sync, a closed log, and infinite sizes',
    run: async (trial) => {
      const log = await trial.open();
      applies(log.gauges !== undefined, 'the log has no gauges');
      const read = (): LogGauges => {
        const gauges = log.gauges?.();
        assertLogGauges(gauges, 'gauges');
        return gauges;
      };
      const before = read();
      await writeAll(log, [
        ['one', 1],
        ['two', 2],
      ]);
      const written = read();
      assert(written.sizeBytes > before.sizeBytes, 'entries have added no bytes');
      assert(written.segments >= 1, 'a log with entries has no segment');
      assert.equal(written.errors, before.errors, 'an error without a failed write');
      if (trial.target.fail !== undefined) {
        await trial.target.fail('append');
        const refused = rejectionOf(write(log, 'refused'));
        await settle();
        // A log may have to wait for the disk before the outcome of a write is certain.
        await trial.target.fail(undefined);
        await trial.target.advance?.(HOUR_MS);
        await refused;
        assert(read().errors > written.errors, 'a failed write is no error');
      }
      await log.close();
      read();
    },
  },
  {
    number: 'LOG-23.1',
    title: 'gauges counts the writes without an outcome: all of them while they wait, and none at rest',
    look: 'entries of the group that is being written, refused entries, and the age of the oldest entry',
    run: async (trial) => {
      const { target } = trial;
      const log = await trial.open();
      applies(log.gauges?.().unconfirmed !== undefined, 'the log does not tell of unconfirmed writes');
      const read = (): UnconfirmedWrites => {
        const unconfirmed = log.gauges?.().unconfirmed;
        assert(unconfirmed !== undefined, 'the unconfirmed writes are absent later');
        return unconfirmed;
      };
      const assertNone = (when: string): void =>
        assert.deepEqual(read(), { entries: 0, bytes: 0, oldestMs: 0 }, `writes without an outcome ${when}`);
      assertNone('before the first write');
      const release = target.hold?.();
      const writing = Promise.all(TEXTS.map((text) => write(log, text)));
      const waiting = read();
      assert.equal(waiting.entries, TEXTS.length, 'another number of writes waits');
      assert(waiting.bytes >= TEXTS.join('').length, 'waiting entries have fewer bytes than their payloads');
      if (release !== undefined) {
        await settle();
        assert.equal(read().entries, TEXTS.length, 'writes are confirmed while the disk is still busy');
        await target.advance?.(HOUR_MS);
        const isOld = target.advance === undefined || read().oldestMs >= HOUR_MS;
        assert(isOld, 'the oldest write has not waited for the time that has passed');
        release();
      }
      await writing;
      assertNone('after all writes');
      if (target.fail !== undefined) {
        await target.fail('append');
        const refused = rejectionOf(write(log, 'refused'));
        await settle();
        await target.fail(undefined);
        await target.advance?.(HOUR_MS);
        await refused;
        assertNone('after a refused write');
      }
      await log.close();
      assertNone('after the close');
    },
  },
];
