// Checks of storing: every record once, no more than requested, and no buffer that the receiver still writes to.
import assert from 'node:assert/strict';
import { MsgpackCodec } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { holdBack } from './receiver-life-checks.ts';
import type { StageContext } from './stage-context.ts';
import type { ReceiverTrial } from './receiver-trial.ts';

const MANY = 300;
/** More records than a receiver may hold. */
const FLOOD = 400;
/** The largest bound that the checks try. */
const IN_FLIGHT_CHECKED = 10_000;
const KEPT_CHECKED = 10_000;
const TICK_MS = 100;
const RATE_PER_TICK = 5;
const ROUNDS = 10;

/** Checks of storing. */
export const RECEIVER_STORING_CHECKS: readonly ConformanceCheck<ReceiverTrial<unknown>>[] = [
  {
    number: 'RECEIVER-8.1',
    title: 'after false nothing more is stored until ready',
    promises: ['BLK-2'],
    look: 'a loop that ignores the answer of store, or listeners that continue during the wait',
    run: async (trial) => {
      applies(trial.subject.capabilities.pause, 'the receiver claims pause: false');
      const context = await holdBack(trial);
      const held = context.storedIds.length;
      await trial.pass(2_000);
      assert.equal(context.callsAfterFalse, 0, 'stored after the answer was false, without awaiting ready');
      assert.equal(context.storedIds.length, held, 'stored while there was no room');
      context.giveRoom(Number.POSITIVE_INFINITY);
      await trial.pump();
      assert.equal(context.callsAfterFalse, 0, 'stored after the answer was false, without awaiting ready');
    },
  },
  {
    number: 'RECEIVER-8.2',
    title: 'a rate granted in portions is kept, and all records arrive in the end',
    promises: ['BLK-2'],
    look: 'the reaction to ready: the receiver may store one portion, not the whole backlog',
    run: async (trial) => {
      applies(trial.subject.capabilities.pause, 'the receiver claims pause: false');
      const total = 40;
      if (trial.subject.feeding === 'before') await trial.send(total);
      const { context } = trial.stage.begin();
      context.giveRoom(RATE_PER_TICK);
      await trial.settledStart();
      if (trial.subject.feeding !== 'before') await trial.send(total);
      await trial.until(() => context.storedIds.length > 0, 'nothing was stored');
      for (let tick = 0; tick < 100 && context.storedIds.length < total; tick += 1) {
        await trial.pass(TICK_MS);
        const before = context.storedIds.length;
        context.giveRoom(RATE_PER_TICK);
        await trial.pass(TICK_MS);
        // One call of storeText may bring many lines; its answer is the first false.
        const calls = context.storedIds.length - before;
        assert(
          calls <= RATE_PER_TICK || context.calls.has('storeText'),
          `${calls} records were stored with room for ${RATE_PER_TICK}`,
        );
        assert.equal(context.callsAfterFalse, 0, 'stored after the answer was false, without awaiting ready');
        await trial.stage.storeNext(() => 'stored');
      }
      context.giveRoom(Number.POSITIVE_INFINITY);
      await trial.pump();
    },
  },
  {
    number: 'RECEIVER-9.1',
    title: 'while there is no room, at most the promised number of arriving records is kept',
    promises: ['BLK-2'],
    look: 'the buffer of a source that cannot be paused: its bound, and the treatment of records beyond the bound',
    run: async (trial) => {
      const { keptMax = 0 } = trial.subject;
      const { context, storedBefore } = await overrun(trial);
      const kept = context.storedIds.length - storedBefore;
      assert(kept <= keptMax, `${kept} records were kept, ${keptMax} were promised`);
      const ids = context.storedIds.map((id) => id ?? -1);
      assert.deepEqual(
        ids,
        [...new Set(ids)].toSorted((a, b) => a - b),
        'kept records are stored twice, or out of order',
      );
      await trial.send(1);
      const last = trial.sentIds.at(-1);
      await trial.until(
        () => context.storedIds.includes(last),
        'records that arrive after storing is possible again are not stored',
      );
    },
  },
  {
    number: 'RECEIVER-15.2',
    title: 'records dropped for lack of room are reported',
    level: 'optional',
    look: 'the place of the drop: one reportError for many records is enough',
    run: async (trial) => {
      const { context } = await overrun(trial);
      const loud = trial.stage.log.lines.filter(({ level }) => level === 'warn' || level === 'error');
      applies(context.storedIds.length < trial.sentIds.length, 'nothing was dropped');
      assert(context.errors.length + loud.length > 0, 'records were dropped without a report');
    },
  },
  {
    number: 'RECEIVER-10.1',
    title: 'text consists of whole, counted lines and is not modified afterwards',
    look: 'a reused read buffer, a line cut at the end of a chunk',
    run: async (trial) => {
      applies(trial.subject.capabilities.format === 'text', 'the receiver stores records');
      await trial.startWith(MANY);
      await trial.pump();
      const texts = trial.stage.lives.flatMap(({ context }) => context.texts);
      for (const { given, copy, lineCount } of texts) {
        assert.equal(copy.at(-1), 10, 'the last line has no line end');
        assert.equal(
          copy.filter((byte) => byte === 10).length,
          lineCount,
          'lineCount is not the number of lines',
        );
        assert(copy.equals(given), 'the bytes were modified after the receiver had handed the bytes over');
      }
    },
  },
  {
    number: 'RECEIVER-11.1',
    title: 'an invalid record is reported, and its neighbours arrive',
    look: 'a parse exception that ends the loop, or that is swallowed',
    run: async (trial) => {
      const { target, stage } = trial;
      const sendPoison = hook(target, 'sendPoison');
      let answer: void | 'told';
      if (trial.subject.feeding === 'before') {
        await trial.send(5);
        answer = await sendPoison();
        await trial.send(5);
        await stage.start();
      } else {
        await trial.startWith(5);
        await trial.untilStored(5);
        answer = await trial.settled(Promise.resolve(sendPoison()), 'sending poison did not end');
        await trial.pass(500);
        await trial.send(5);
      }
      await trial.pump();
      const complaints = stage.lives.flatMap(({ context }) => [...context.errors, ...context.wishes]);
      const loud = stage.log.lines.filter(({ level }) => level === 'warn' || level === 'error');
      assert(answer === 'told' || complaints.length + loud.length > 0, 'the invalid record was not reported');
      trial.assertOnceEach();
    },
  },
  {
    number: 'RECEIVER-11.2',
    title: 'without room, the bytes taken from the source are bounded',
    promises: ['BLK-2'],
    look: 'a source that is read to its end, or a client that reads ahead without a limit',
    run: async (trial) => {
      const { heldBytesMax = 0, capabilities } = trial.subject;
      applies(capabilities.pause, 'the source cannot be paused: RECEIVER-9.1 bounds the kept records');
      applies(heldBytesMax > 0, 'the subject states no heldBytesMax');
      const context = await holdBack(trial, FLOOD);
      await trial.pass(2_000);
      const takenBytes = await trial.takenBytes();
      assert(
        takenBytes <= heldBytesMax,
        `${takenBytes} bytes were taken from the source, ${heldBytesMax} were promised`,
      );
      context.giveRoom(Number.POSITIVE_INFINITY);
      await trial.pump();
      applies((await trial.takenBytes()) > heldBytesMax, 'heldBytesMax is too large to be reached here');
    },
  },
  {
    number: 'RECEIVER-12.1',
    title: 'every record is stored once, in source order where the receiver promises an order',
    promises: ['BLK-1'],
    look: 'records at the border of two reads, and concurrent work that finishes out of order',
    run: async (trial) => {
      await trial.startWith(MANY);
      await trial.pump();
      trial.assertOnceEach();
    },
  },
  {
    number: 'RECEIVER-12.2',
    title: 'source order is kept while records and blocks wait for room',
    promises: ['BLK-1', 'REC-2'],
    look: 'a block that is assembled or delayed while single records are stored',
    run: async (trial) => {
      const { capabilities } = trial.subject;
      applies(capabilities.ordering === 'per-stream', 'the receiver claims ordering: none');
      applies(capabilities.pause, 'the receiver claims pause: false');
      const context = await holdBack(trial);
      for (let round = 0; round < ROUNDS; round += 1) {
        await trial.pass(TICK_MS);
        context.giveRoom(1);
        await trial.pass(TICK_MS);
        await trial.stage.storeNext(() => 'stored');
      }
      context.giveRoom(Number.POSITIVE_INFINITY);
      await trial.pump();
      trial.assertOnceEach();
    },
  },
  {
    number: 'RECEIVER-17.1',
    title: 'the receiver behaves as its capabilities claim',
    look: 'the capabilities of defineReceiver: ack with acknowledge, tokens, and the store call of the format',
    run: async (trial) => {
      const { subject, target, stage } = trial;
      const { touches: _, ...claimed } = subject.capabilities;
      const { touches, ...defined } = target.receiver.capabilities;
      assert.deepEqual(defined, claimed, 'the capabilities of the definition differ from the given ones');
      assert(Array.isArray(touches), 'capabilities.touches is not a list');
      await trial.startWith(10);
      await trial.untilStored(10);
      const { receiver, context } = stage.life;
      if (claimed.ack !== 'none') {
        const stores = context.calls.has('storeBlock') || context.calls.has('storeBytes');
        assert(
          receiver.acknowledge !== undefined || stores,
          'claims acknowledgements without an acknowledge function',
        );
      }
      if (claimed.ack !== 'none' || claimed.replayable) {
        const without = context.waiting.filter(
          ({ ack, settled }) => ack === undefined && settled === undefined,
        );
        assert.equal(without.length, 0, 'records were stored without a token');
      }
      const wrong = claimed.format === 'text' ? 'store' : 'storeText';
      assert(!context.calls.has(wrong), `a receiver of ${claimed.format} called ${wrong}`);
    },
  },
  {
    number: 'RECEIVER-17.3',
    title: 'at most maxInFlight records are unacknowledged',
    promises: ['BLK-2'],
    look: 'the bound on stored, unacknowledged records, which must not be the number held by the source',
    run: async (trial) => {
      trial.needsAck();
      const { capabilities, inFlightMax } = trial.subject;
      const bound = inFlightMax ?? capabilities.maxInFlight ?? Number.POSITIVE_INFINITY;
      applies(capabilities.maxInFlight !== undefined, 'the receiver states no maxInFlight');
      applies(bound <= IN_FLIGHT_CHECKED, 'maxInFlight is too large to be reached here');
      await trial.startWith(bound * 2 + 10);
      await trial.pass(2_000);
      const { length } = trial.stage.context.waiting.flatMap(({ ids }) => ids);
      assert(length <= bound, `${length} records are unacknowledged, ${bound} were promised`);
      await trial.pump();
    },
  },
  {
    number: 'RECEIVER-28.1',
    title: 'every record of a replayable source has a plain-data position',
    look: 'positions that are objects of a client library: extract the numbers and strings',
    run: async (trial) => {
      applies(trial.subject.capabilities.replayable, 'the receiver claims replayable: false');
      await trial.startWith(20);
      await trial.untilStored(20);
      const positions = trial.stage.context.waiting.map(({ ack }) => ack);
      assert(!positions.includes(undefined), 'a record was stored without a position');
      const codec = new MsgpackCodec();
      assert.deepEqual(
        codec.decodeRecords(codec.encodeRecords(positions)),
        positions,
        'positions do not survive serialization',
      );
    },
  },
];

/** Sends more records than a receiver may keep without room, then makes room for all. */
async function overrun(
  trial: ReceiverTrial<unknown>,
): Promise<{ readonly context: StageContext<unknown>; readonly storedBefore: number }> {
  const { keptMax, capabilities } = trial.subject;
  applies(!capabilities.pause, 'the receiver claims pause: true');
  applies(!trial.isReliable, 'dropped records are sent again and cannot be distinguished from kept ones');
  applies(keptMax !== undefined, 'the subject states no keptMax');
  applies((keptMax ?? 0) <= KEPT_CHECKED, 'keptMax is too large to be reached here');
  trial.needsFeedingWhile();
  const context = await holdBack(trial, (keptMax ?? 0) * 2 + 10);
  await trial.calm(2_000);
  const storedBefore = context.storedIds.length;
  context.giveRoom(Number.POSITIVE_INFINITY);
  await trial.calm(2_000);
  return { context, storedBefore };
}
