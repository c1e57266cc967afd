// The life of a receiver: creation, start, a stop at any moment, and the release of all resources.
import assert from 'node:assert/strict';
import { settle } from '../../settle.ts';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { openHandles } from './open-handles.ts';
import { asReceiver } from './receiver-mark.ts';
import type { ReceiverTrial } from './receiver-trial.ts';
import type { StageContext } from './stage-context.ts';

const STOP_MS = 10_000;
const HOUR_MS = 3_600_000;
/** The maximum number of timers of an idle receiver in an hour: ten per second. */
const IDLE_TIMERS_MAX = 36_000;
const IDLE_COMPLAINTS_MAX = 5;

/** Checks of a receiver's life. */
export const RECEIVER_LIFE_CHECKS: readonly ConformanceCheck<ReceiverTrial<unknown>>[] = [
  {
    number: 'RECEIVER-1.1',
    title: 'create returns a new object and does no I/O',
    look: 'sockets, files or timers opened in the constructor instead of in start',
    run: async ({ target, stage }) => {
      const before = openHandles();
      const one = asReceiver(() => target.receiver.create());
      const other = asReceiver(() => target.receiver.create());
      await settle();
      assert.notEqual(one, other, 'create returned the same object twice');
      // The number may be lower: resources closed by an earlier check may disappear only now.
      assert(openHandles() <= before, 'create opened something');
      assert.equal(stage.clock.scheduled, 0, 'create set a timer');
    },
  },
  {
    number: 'RECEIVER-2.1',
    title: 'start returns although the source has no records',
    look: 'a start that awaits the first record, or reads to the end',
    run: async (trial) => {
      await trial.startWith(0);
      assert.deepEqual(trial.stage.storedIds, []);
    },
  },
  {
    number: 'RECEIVER-2.2',
    title: 'an idle source costs little and is no error',
    look: 'polling without a pause, time-outs on silence, a log line per poll',
    run: async (trial) => {
      trial.needsFeedingWhile();
      await trial.startWith(0);
      await trial.pass(1_000);
      const { stage } = trial;
      const before = stage.clock.scheduled;
      await trial.pass(HOUR_MS);
      const { context } = stage;
      const loud = stage.log.lines.filter(({ level }) => level === 'warn' || level === 'error');
      assert.deepEqual(context.wishes, [], 'an idle hour led to a restart or a stop');
      assert(
        context.errors.length + loud.length <= IDLE_COMPLAINTS_MAX,
        'an idle hour led to repeated errors',
      );
      const timers = stage.clock.scheduled - before;
      assert(timers <= IDLE_TIMERS_MAX, `an idle hour took ${timers} timers`);
      await trial.send(3);
      await trial.untilStored(3);
    },
  },
  {
    number: 'RECEIVER-3.1',
    title: 'an unreachable source leads to a restart or to waiting, and is read after its return',
    look: 'a connection error that ends the receiver for good, or that is not reported',
    run: async (trial) => {
      const setReachable = hook(trial.target, 'setReachable');
      trial.needsFeedingWhile();
      await setReachable(false);
      await trial.stage.start();
      await trial.pass(100);
      assert(
        trial.stage.context.wishes.every(({ kind }) => kind === 'restart'),
        'the receiver stopped for good and is never started again',
      );
      await setReachable(true);
      await trial.stage.heed();
      await trial.send(5);
      await trial.pump();
    },
  },
  {
    number: 'RECEIVER-4.1',
    title: 'nothing is stored after the stop',
    look: 'a listener or loop that outlives stop',
    run: async (trial) => {
      await trial.startWith(5);
      await trial.untilStored(5);
      await trial.stage.stop();
      if (trial.subject.feeding !== 'before') await trial.send(5);
      await trial.pass(5_000);
      assert.equal(trial.stage.context.callsAfterAbort, 0, 'tried to store after the stop');
    },
  },
  {
    number: 'RECEIVER-4.2',
    title: 'a receiver under back-pressure stops on request',
    look: 'a wait for room that ignores the rejection of ready, or a home-made wait',
    run: async (trial) => {
      await holdBack(trial);
      await trial.stage.stop();
      await trial.pass(1_000);
      assert.equal(trial.stage.context.callsAfterAbort, 0, 'tried to store after the stop');
      const [wish] = trial.stage.context.wishes;
      assert.equal(wish, undefined, `a requested stop led to another request: ${wish?.message}`);
    },
  },
  {
    number: 'RECEIVER-5.1',
    title: 'stop and closed release all resources',
    look: 'timers that are not cancelled, sockets and servers that are not closed',
    run: async (trial) => {
      const before = openHandles();
      await trial.startWith(3);
      await trial.untilStored(3);
      await trial.stage.end();
      assert.equal(trial.stage.clock.pending, 0, 'timers remain on the clock');
      await trial.release();
      await trial.until(() => openHandles() <= before, 'sockets, servers or processes remain open');
    },
  },
  {
    number: 'RECEIVER-5.2',
    title: 'repeated calls of stop and closed do no harm',
    level: 'optional',
    look: 'a second stop that waits for a past event',
    run: async (trial) => {
      await trial.startWith(3);
      await trial.untilStored(3);
      await trial.stage.end();
      await trial.stage.stop();
      await trial.stage.closed();
    },
  },
  {
    number: 'RECEIVER-5.3',
    title: 'stop ends in time although the source keeps sending',
    look: 'a stop that drains the source instead of leaving the source',
    run: async (trial) => {
      await holdBack(trial);
      const startedMs = trial.world.clock.monotonicMs();
      await trial.stage.end();
      const tookMs = trial.world.clock.monotonicMs() - startedMs;
      assert(tookMs <= STOP_MS, `stop and closed took ${tookMs} ms of virtual time`);
    },
  },
  {
    number: 'RECEIVER-6.1',
    title: 'stop works while start is still pending',
    look: 'the code of start after an await: the signal must be checked again',
    run: async (trial) => {
      const before = openHandles();
      if (trial.subject.feeding === 'before') await trial.send(3);
      trial.stage.begin();
      await trial.stage.stop();
      await trial.settledStart();
      await trial.stage.closed();
      await trial.pass(1_000);
      assert.equal(trial.stage.context.callsAfterAbort, 0, 'tried to store after the stop');
      assert.equal(trial.stage.clock.pending, 0, 'timers remain on the clock');
      await trial.release();
      await trial.until(() => openHandles() <= before, 'resources opened by start remain open');
    },
  },
  {
    number: 'RECEIVER-6.2',
    title: 'stop works after start failed',
    look: 'a stop that depends on state set only by a successful start',
    run: async (trial) => {
      const setReachable = hook(trial.target, 'setReachable');
      await setReachable(false);
      await trial.stage.start();
      await trial.pass(100);
      await trial.stage.stop('restart');
      await trial.stage.closed();
      assert.equal(trial.stage.clock.pending, 0, 'timers remain on the clock');
      await setReachable(true);
    },
  },
  {
    number: 'RECEIVER-6.3',
    title: 'stop works without start, and immediately after start',
    level: 'optional',
    look: 'a stop that depends on state set by start',
    run: async (trial) => {
      const receiver = asReceiver(() => trial.target.receiver.create());
      const reason = { kind: 'stopped', message: 'by the kit' } as const;
      await trial.settled(
        asReceiver(async () => receiver.stop(reason)),
        'stop without start did not return',
      );
    },
  },
  {
    number: 'RECEIVER-7.1',
    title: 'acknowledgements after stop reach the source',
    promises: ['REC-4'],
    look: 'a stop that closes the connection for acknowledgements; closed is the place for that',
    run: async (trial) => {
      trial.needsAck();
      await trial.startWith(6);
      await trial.untilStored(6);
      await trial.stage.end();
      await trial.until(
        async () => new Set(await trial.target.acknowledged?.()).size === 6,
        'a record stored, registered and acknowledged after stop is not acknowledged at the source',
      );
    },
  },
  {
    number: 'RECEIVER-17.2',
    title: 'a bounded source ends the receiver for good, after all records were stored',
    look: 'an end of input that requests a restart, or that precedes the last record',
    run: async (trial) => {
      applies(trial.subject.capabilities.bounded, 'the receiver claims bounded: false');
      await trial.startWith(10);
      const { target, stage } = trial;
      if (trial.subject.feeding !== 'before') await hook(target, 'end')();
      await trial.until(() => stage.context.wishes.length > 0, 'the source ended, and the receiver did not');
      assert.deepEqual(
        stage.context.wishes.map(({ kind }) => kind),
        ['stop'],
      );
      assert.deepEqual(stage.storedIds.toSorted(byNumber), trial.sentIds);
    },
  },
];

/** Sends many records with little room, so the receiver must wait. */
export async function holdBack(trial: ReceiverTrial<unknown>, records = 100): Promise<StageContext<unknown>> {
  if (trial.subject.feeding === 'before') await trial.send(records);
  const { context } = trial.stage.begin();
  context.giveRoom(3);
  await trial.settledStart();
  if (trial.subject.feeding !== 'before') await trial.send(records);
  await trial.until(() => context.isHeld || context.isAwaited, 'the receiver was never under back-pressure');
  return context;
}

function byNumber(a: number | undefined, b: number | undefined): number {
  return (a ?? -1) - (b ?? -1);
}
