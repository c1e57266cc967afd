// What becomes of every single record when storing fails, connections break and lives end: accounting by ids.
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
    title: 'nothing is acknowledged to the source before it is durable and registered',
    promises: ['REC-1'],
    look: 'automatic acknowledgement in the client of the source; it has to be switched off',
    run: async (trial) => {
      trial.needsAck();
      await trial.startWith(20);
      await trial.until(() => trial.stage.storedIds.length > 0, 'nothing was stored');
      await trial.pass(1_000);
      trial.assertAcknowledgedAreRegistered();
      await trial.pump();
      await assertAllAcknowledged(trial);
    },
  },
  {
    number: 'RECEIVER-13.2',
    title: 'failures of storing that pass are not the source’s business',
    promises: ['REC-1', 'BLK-1'],
    look: 'a receiver that acknowledges, or reads again, because an answer takes long',
    run: (trial) => survives(trial, (attempt) => (attempt % 3 === 2 ? 'stored' : 'temporary')),
  },
  {
    number: 'RECEIVER-13.3',
    title: 'after a failure for good nothing is skipped: what follows the hole comes again',
    promises: ['REC-1', 'REC-2'],
    look: 'a position that is kept beyond what was acknowledged: the next life has to begin at the hole',
    run: (trial) => survives(trial, (attempt) => (attempt === 2 || attempt === 5 ? 'permanent' : 'stored')),
  },
  {
    number: 'RECEIVER-13.4',
    title: 'mixed failures lose nothing',
    promises: ['REC-1', 'REC-2'],
    look: 'the state that one life leaves to the next',
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
    title: 'blocks of its own that are stored out of order are acknowledged without a gap',
    promises: ['REC-2'],
    look: 'acknowledging by the block that is ready, where the source takes it for all before it',
    run: async (trial) => {
      trial.needsAck();
      await trial.startWith(RECORDS);
      await trial.until(() => trial.stage.storedIds.length > 0, 'nothing was stored');
      await trial.pass(200);
      const { stage } = trial;
      const isOwn = stage.context.waiting.every(({ settled }) => settled !== undefined);
      applies(isOwn && stage.context.waiting.length > 1, 'the receiver stores no blocks of its own at once');
      for (const block of stage.context.waiting.splice(0).toReversed()) {
        await stage.register([block]);
        await settle();
        trial.assertAcknowledgedAreRegistered();
      }
      await trial.pump();
    },
  },
  {
    number: 'RECEIVER-14.1',
    title: 'what is acknowledged is a prefix of what was stored',
    promises: ['REC-2'],
    look: 'the token: does the source take it for more than the records that it came with',
    run: async (trial) => {
      trial.needsAck();
      await trial.startWith(30);
      await trial.until(() => trial.stage.storedIds.length > 0, 'nothing was stored');
      while (trial.stage.registeredIds.length < 15) {
        await trial.pass(50);
        await trial.stage.storeNext(() => 'stored');
      }
      await trial.pass(500);
      trial.assertAcknowledgedAreRegistered();
      await trial.pump();
      await assertAllAcknowledged(trial);
    },
  },
  {
    number: 'RECEIVER-15.1',
    title: 'a connection that breaks is told, made anew, and costs no record that was stored',
    promises: ['REC-3'],
    look: 'an error event without a listener, a reconnect that forgets where it was, a break that nobody notices',
    run: async (trial) => {
      trial.needsFeedingWhile();
      const disconnect = hook(trial.target, 'disconnect');
      await trial.startWith(5);
      await trial.pump();
      for (let break_ = 0; break_ < DISCONNECTS; break_ += 1) {
        // What is under way when a connection breaks is lost where the source does not send again.
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
    number: 'RECEIVER-24.1',
    title: 'a restart that was asked for loses no record and repeats none that was registered',
    promises: ['REC-3', 'REC-4'],
    look: 'what a life keeps beyond its end, and what the next one starts from',
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
    number: 'RECEIVER-29.1',
    title: 'a replayable source goes on right behind the last registered record',
    promises: ['BLK-1'],
    look: 'resumeFrom taken for the next record instead of the last one, or not looked at',
    run: async (trial) => {
      applies(trial.subject.capabilities.replayable, 'the receiver claims replayable: false');
      await trial.startWith(RECORDS);
      for (let life = 0; life < 4; life += 1) {
        const { context, registeredIds } = trial.stage;
        if (registeredIds.includes(RECORDS - 1)) break;
        // More than a block, or, where entries hold many records, all that there is.
        const isFull = () => context.waiting.length > 10 || context.storedIds.includes(RECORDS - 1);
        await trial.until(isFull, 'the next life does not store what is left');
        await trial.stage.storeNext(() => 'stored');
        // The process dies: what was stored and not registered is gone.
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

/** Runs a load while storing goes as the script says: nothing is lost, and nothing acknowledged too early. */
async function survives(trial: ReceiverTrial<unknown>, script: StoreScript): Promise<void> {
  applies(trial.isReliable, "the source does not tell again what was lost: ack is 'none', replayable false");
  await trial.startWith(RECORDS);
  await trial.pump(script);
  if (trial.subject.capabilities.replayable) trial.assertOnceEach();
  await assertAllAcknowledged(trial);
}

/** Everything that is registered is, in the end, done with at the source. */
async function assertAllAcknowledged(trial: ReceiverTrial<unknown>): Promise<void> {
  const { target, subject } = trial;
  if (subject.capabilities.ack === 'none' || target.acknowledged === undefined) return;
  await trial.until(
    () => new Set(target.acknowledged?.()).size >= trial.sentIds.length,
    'registered, and never acknowledged at the source: it will send these records again',
  );
}
