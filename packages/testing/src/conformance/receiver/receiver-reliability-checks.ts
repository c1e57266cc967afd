// Accounting of every record by id when storing fails, connections break and lives end.
import assert from 'node:assert/strict';
import { SeededRandom } from '@millrace/core';
import { settle } from '../../settle.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import type { StoreScript } from './receiver-stage.ts';
import type { ReceiverTrial } from './receiver-trial.ts';

const RECORDS = 60;
const DISCONNECTS = 4;

/** Checks of reliability. */
export const RECEIVER_RELIABILITY_CHECKS: readonly ConformanceCheck<ReceiverTrial<unknown>>[] = [
  {
    number: 'RECEIVER-13.1',
    title: 'no record is acknowledged to the source before the record is durable and registered',
    promises: ['REC-1'],
    look: 'automatic acknowledgement in the client of the source; this setting must be off',
    run: async (trial) => {
      trial.needsAck();
      await trial.startWith(20);
      await trial.until(() => trial.stage.storedIds.length > 0, 'nothing was stored');
      await trial.pass(1_000);
      await trial.assertAcknowledgedAreRegistered();
      await trial.pump();
      await assertAllAcknowledged(trial);
    },
  },
  {
    number: 'RECEIVER-13.2',
    title: 'temporary failures of storing do not affect the source',
    promises: ['REC-1', 'BLK-1'],
    look: 'a receiver that acknowledges, or reads again, because an answer is slow',
    run: (trial) => survives(trial, (attempt) => (attempt % 3 === 2 ? 'stored' : 'temporary')),
  },
  {
    number: 'RECEIVER-13.3',
    title: 'after a permanent failure no record is skipped: the records after the hole are sent again',
    promises: ['REC-1', 'REC-2'],
    look: 'a position kept beyond the last acknowledgement: the next life must begin at the hole',
    run: (trial) => survives(trial, (attempt) => (attempt === 2 || attempt === 5 ? 'permanent' : 'stored')),
  },
  {
    number: 'RECEIVER-13.4',
    title: 'mixed failures lose no record',
    promises: ['REC-1', 'REC-2'],
    look: 'state that one life leaves to the next',
    run: async (trial) => {
      const random = new SeededRandom(7);
      await survives(trial, () => {
        const draw = random.integer(10);
        return draw < 3 ? 'temporary' : draw === 3 ? 'permanent' : 'stored';
      });
    },
  },
  {
    number: 'RECEIVER-13.5',
    title: 'blocks of the receiver stored out of order are acknowledged without a gap',
    promises: ['REC-2'],
    look: 'acknowledging each finished block, where the source applies an acknowledgement to all earlier records',
    run: async (trial) => {
      trial.needsAck();
      await trial.startWith(RECORDS);
      await trial.until(() => trial.stage.storedIds.length > 0, 'nothing was stored');
      await trial.pass(200);
      const { stage } = trial;
      const isOwn = stage.context.waiting.every(({ settled }) => settled !== undefined);
      applies(
        isOwn && stage.context.waiting.length > 1,
        'the receiver does not store several blocks at once',
      );
      for (const block of stage.context.waiting.splice(0).toReversed()) {
        await stage.register([block]);
        await settle();
        await trial.assertAcknowledgedAreRegistered();
      }
      await trial.pump();
    },
  },
  {
    number: 'RECEIVER-14.1',
    title: 'the acknowledged records are a prefix of the stored records',
    promises: ['REC-2'],
    look: 'the token: the source may apply the token to more records than the stored ones',
    run: async (trial) => {
      trial.needsAck();
      await trial.startWith(30);
      await trial.until(() => trial.stage.storedIds.length > 0, 'nothing was stored');
      while (trial.stage.registeredIds.length < 15) {
        await trial.pass(50);
        await trial.stage.storeNext(() => 'stored');
      }
      await trial.pass(500);
      await trial.assertAcknowledgedAreRegistered();
      await trial.pump();
      await assertAllAcknowledged(trial);
    },
  },
  {
    number: 'RECEIVER-15.1',
    title: 'a broken connection is reported and re-established, and loses no stored record',
    promises: ['REC-3'],
    look: 'an error event without a listener, a reconnect that loses the position, an undetected break',
    run: async (trial) => {
      trial.needsFeedingWhile();
      const disconnect = hook(trial.target, 'disconnect');
      await trial.startWith(5);
      await trial.pump();
      for (let break_ = 0; break_ < DISCONNECTS; break_ += 1) {
        // Records in transit during a break are lost where the source does not send again.
        if (trial.isReliable) await trial.send(10);
        await disconnect();
        await trial.pass(100);
        await trial.stage.heed();
        await trial.send(5);
        await trial.pump();
      }
      if (!trial.isReliable) trial.assertOnceEach();
      else if (trial.subject.capabilities.replayable)
        assert.deepEqual(trial.repeatedIds(), [], 'stored twice');
    },
  },
  {
    number: 'RECEIVER-15.3',
    title: 'records whose acknowledgement fails are sent again, and acknowledged in the end',
    promises: ['REC-1', 'REC-3'],
    look: 'an acknowledgement that is lost in silence: acknowledge must reject, or the receiver must restart',
    run: async (trial) => {
      trial.needsAck();
      trial.needsFeedingWhile();
      const setReachable = hook(trial.target, 'setReachable');
      await trial.startWith(10);
      await trial.untilStored(10);
      await setReachable(false);
      while (trial.stage.context.waiting.length > 0) await trial.stage.storeNext(() => 'stored');
      await trial.pass(100);
      await setReachable(true);
      await trial.stage.heed();
      // No further record: an acknowledgement of a later record would stand for the earlier ones.
      await assertAllAcknowledged(trial, () => trial.stage.heed());
      await trial.send(5);
      await trial.pump();
    },
  },
  {
    number: 'RECEIVER-24.1',
    title: 'a requested restart loses no record and repeats no registered record',
    promises: ['REC-3', 'REC-4'],
    look: 'state kept beyond the end of a life, and the starting position of the next life',
    run: async (trial) => {
      trial.needsFeedingWhile();
      await trial.startWith(20);
      for (let restart = 0; restart < 3; restart += 1) {
        await trial.pump();
        await assertAllAcknowledged(trial);
        await trial.stage.restart();
        await trial.send(20);
      }
      await trial.pump();
      trial.assertOnceEach();
    },
  },
  {
    number: 'RECEIVER-42.1',
    title: 'an acknowledgement reaches the source without waiting for time',
    promises: ['REC-5'],
    look: 'acknowledgements that a timer collects',
    run: async (trial) => {
      trial.needsAck();
      applies(
        trial.subject.capabilities.ack === 'individual',
        "the receiver does not claim ack: 'individual'",
      );
      await trial.startWith(3);
      await trial.untilStored(3);
      while (trial.stage.context.waiting.length > 0) await trial.stage.storeNext(() => 'stored');
      await trial.untilNow(
        async () => new Set(await trial.target.acknowledged?.()).size === trial.sentIds.length,
        'registered, and not acknowledged at the source while no time of the clock passes',
      );
    },
  },
  {
    number: 'RECEIVER-29.1',
    title: 'a replayable source continues right after the last registered record',
    promises: ['BLK-1'],
    look: 'resumeFrom treated as the next record instead of the last one, or ignored',
    run: async (trial) => {
      applies(trial.subject.capabilities.replayable, 'the receiver claims replayable: false');
      await trial.startWith(RECORDS);
      for (let life = 0; life < 4; life += 1) {
        const { context, registeredIds } = trial.stage;
        if (registeredIds.includes(RECORDS - 1)) break;
        // More than a block or, for entries with many records, all records.
        const isFull = () => context.waiting.length > 10 || context.storedIds.includes(RECORDS - 1);
        await trial.until(isFull, 'the next life does not store the remaining records');
        await trial.stage.storeNext(() => 'stored');
        // The process dies: stored, unregistered records are gone.
        await trial.stage.stop('failed');
        trial.stage.context.waiting.length = 0;
        await trial.stage.closed();
        await trial.stage.start();
      }
      await trial.pump();
      trial.assertOnceEach();
    },
  },
];

/** Runs a load with storing outcomes from the script: no record is lost, and none is acknowledged too early. */
async function survives(trial: ReceiverTrial<unknown>, script: StoreScript): Promise<void> {
  applies(trial.isReliable, "the source does not repeat lost records: ack is 'none', replayable false");
  await trial.startWith(RECORDS);
  await trial.pump(script);
  if (trial.subject.capabilities.replayable) trial.assertOnceEach();
  await assertAllAcknowledged(trial);
}

/** Every registered record is finally acknowledged at the source. */
async function assertAllAcknowledged(
  trial: ReceiverTrial<unknown>,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { target, subject, stage } = trial;
  if (subject.capabilities.ack === 'none' || target.acknowledged === undefined) return;
  await trial.until(async () => {
    await meanwhile();
    while (stage.context.waiting.length > 0) await stage.storeNext(() => 'stored');
    return new Set(await target.acknowledged?.()).size >= trial.sentIds.length;
  }, 'registered and never acknowledged at the source, which will send these records again');
}
