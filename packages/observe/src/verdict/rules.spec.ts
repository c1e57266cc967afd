import { expect, it } from 'vitest';
import { anyFacts, anyInputFacts, anyRecent, anySteps } from '../../test/any-facts.ts';
import { START_MS } from '../../test/virtual-engine.ts';
import { VERDICT_RULES } from './rules.ts';
import { checkpointFailing, checkpointOld } from './rules/checkpoints.ts';
import { hostLost, leaseUncertain } from './rules/cluster.ts';
import { driverLate } from './rules/driver-late.ts';
import { engineFailed } from './rules/engine-failed.ts';
import { eventsDropped } from './rules/events-dropped.ts';
import { executorLost, spareExecutors } from './rules/executors.ts';
import { heldBatch } from './rules/held-batch.ts';
import { keepingUp } from './rules/keeping-up.ts';
import { limited } from './rules/limited.ts';
import { logFull, logFullSoon } from './rules/log-room.ts';
import { lateRecords, recordErrors, recordsLeftOut } from './rules/lost-records.ts';
import { receiverNotRunning } from './rules/receiver-not-running.ts';
import type { VerdictFacts } from './verdict-facts.ts';

const SINCE = START_MS;
const words = (rule: { judge: (typeof heldBatch)['judge'] }, facts: Partial<VerdictFacts>, since?: number) =>
  rule.judge(anyFacts(facts), since);

it('has rules from the worst level to the best, each with a name of its own', () => {
  const levels = ['failed', 'behind', 'limited', 'warning', 'good'];
  const order = VERDICT_RULES.map(({ level }) => levels.indexOf(level));
  expect(order).toEqual(order.toSorted((one, other) => one - other));
  expect(new Set(VERDICT_RULES.map(({ name }) => name)).size).toBe(VERDICT_RULES.length);
});

it('no rule but the last ones fires for a healthy engine', () => {
  const firing = VERDICT_RULES.filter((rule) => rule.judge(anyFacts(), undefined) !== undefined);
  expect(firing.map(({ name }) => name)).toEqual(['keeping-up']);
});

it('held-batch: fires for a held batch, and names output, error and next step', () => {
  const output = { id: 2, name: 'orders', message: 'connection refused' };
  const batchTime = START_MS + 190_000;
  expect(words(heldBatch, { held: [{ batchTime, output }] })).toBe(
    'Held: batch 12:03:10 failed in output 2 `orders`: connection refused. Fix the cause and call `retryHeldBatch()`.',
  );
  expect(words(heldBatch, { held: [{ batchTime }, { batchTime: batchTime + 1 }] })).toBe(
    'Held: batch 12:03:10 failed. 1 more batch is held. Fix the cause and call `retryHeldBatch()`.',
  );
  const own = { id: -1, name: 'state `x`', message: 'no\nroom!' };
  expect(words(heldBatch, { held: [{ batchTime, output: own }] })).toBe(
    "Held: batch 12:03:10 failed in `state 'x'`: no\\nroom! Fix the cause and call `retryHeldBatch()`.",
  );
  expect(words(heldBatch, { held: [] })).toBe(undefined);
});

it('receiver-not-running: fires for restarts in a row, with the last error', () => {
  const receiver = (differences: Parameters<typeof anyInputFacts>[0]) => ({
    inputs: [anyInputFacts({ lastError: 'connection refused', ...differences })],
  });
  const down = { state: 'restarting', inactiveForMs: 100 } as const;
  expect(words(receiverNotRunning, receiver({ ...down, recentRestarts: 5 }))).toBe(
    'Receiver `kafka orders` is not running (5 restarts in 2 min): connection refused.',
  );
  expect(words(receiverNotRunning, receiver({ ...down, recentRestarts: 2 }))).toBe(undefined);
  expect(words(receiverNotRunning, receiver({ ...down, recentRestarts: 2, inactiveForMs: 5_000 }))).toBe(
    'Receiver `kafka orders` is not running (2 restarts in 2 min): connection refused.',
  );
  expect(words(receiverNotRunning, receiver({ ...down, recentRestarts: 1, inactiveForMs: 4_999 }))).toBe(
    undefined,
  );
});

it('receiver-not-running: waits 30 s for a first start', () => {
  const starting = (inactiveForMs: number) => ({
    inputs: [anyInputFacts({ state: 'starting', inactiveForMs })],
  });
  expect(words(receiverNotRunning, starting(29_999))).toBe(undefined);
  expect(words(receiverNotRunning, starting(30_000))).toBe(
    'Receiver `kafka orders` is not running (for 30 s).',
  );
});

it('receiver-not-running: fires at once for a receiver that failed for good or ended by an error', () => {
  const failed = anyInputFacts({ name: 'a', state: 'failed', lastError: 'denied' });
  expect(words(receiverNotRunning, { inputs: [failed], state: 'stopped' })).toBe(
    'Receiver `a` has failed for good: denied.',
  );
  const ended = anyInputFacts({ name: 'b', state: 'stopped', endedByError: true, lastError: 'denied' });
  expect(words(receiverNotRunning, { inputs: [ended] })).toBe(
    'Receiver `b` has ended and is not started again: denied.',
  );
  expect(words(receiverNotRunning, { inputs: [ended, failed] })).toBe(
    'Receiver `a` has failed for good: denied. 1 more receiver is not running.',
  );
  expect(words(receiverNotRunning, { inputs: [anyInputFacts({ state: 'stopped' })] })).toBe(undefined);
  expect(words(receiverNotRunning, { inputs: [ended], state: 'stopping' })).toBe(undefined);
});

it('receiver-not-running: holds until a restarting receiver is active for 10 s', () => {
  const active = (activeForMs: number) => ({ inputs: [anyInputFacts({ recentRestarts: 4, activeForMs })] });
  expect(words(receiverNotRunning, active(9_999), SINCE)).toBe(
    'Receiver `kafka orders` was restarted 4 times in 2 min.',
  );
  expect(words(receiverNotRunning, active(10_000), SINCE)).toBe(undefined);
  expect(words(receiverNotRunning, active(9_999))).toBe(undefined);
});

it('engine-failed: fires from the failure on', () => {
  const failure = { message: 'the batch at 1 failed', code: 'MR_BATCH_FAILED' };
  expect(words(engineFailed, { failure, state: 'stopping' })).toBe(
    'The engine stops because of an error (MR_BATCH_FAILED): the batch at 1 failed.',
  );
  expect(words(engineFailed, { failure: { message: 'no' }, state: 'stopped' })).toBe(
    'The engine has stopped because of an error: no.',
  );
  expect(words(engineFailed, { state: 'stopped' })).toBe(undefined);
});

it('log-full: fires below a megabyte of room', () => {
  const room = (roomBytes: number, executorId = '') => ({
    logRoom: { executorId, roomBytes, fullInMs: undefined },
  });
  expect(words(logFull, room(999_999))).toBe(
    "The log's disk is full: records and batches wait until the log has room again. Free some space.",
  );
  expect(words(logFull, room(0, 'executor-1'))).toContain("The log's disk of executor `executor-1` is full");
  expect(words(logFull, room(1_000_000))).toBe(undefined);
});

it('log-full-soon: fires within an hour, holds for an hour and a half', () => {
  const soon = (minutes: number | undefined) => ({
    logRoom: {
      executorId: '',
      roomBytes: 5e9,
      fullInMs: minutes === undefined ? undefined : 60_000 * minutes,
    },
  });
  expect(words(logFullSoon, soon(14))).toBe("The log's disk is full in 14 min.");
  expect(words(logFullSoon, soon(60))).toBe(undefined);
  expect(words(logFullSoon, soon(89), SINCE)).toBe("The log's disk is full in 89 min.");
  expect(words(logFullSoon, soon(90), SINCE)).toBe(undefined);
  expect(words(logFullSoon, soon(undefined), SINCE)).toBe(undefined);
});

it('limited: fires for a receiver at its limit whose lag grows', () => {
  const receiver = (differences: Parameters<typeof anyInputFacts>[0] = {}) => ({
    inputs: [
      anyInputFacts({
        rateLimit: 4_200,
        rateLimitCause: 'estimate',
        recordsPerSecond: 4_100,
        lagGrowth: 300,
        ...differences,
      }),
    ],
  });
  expect(words(limited, receiver())).toBe(
    'Keeping up because back-pressure holds `kafka orders` at 4,200 records/s; its lag grows by 300/s.',
  );
  expect(words(limited, receiver({ rateLimitCause: 'initial' }))).toBe(undefined);
  expect(words(limited, receiver({ recordsPerSecond: 3_359 }))).toBe(undefined);
  expect(words(limited, receiver({ recordsPerSecond: 3_359 }), SINCE)).toContain('4,200');
  expect(words(limited, receiver({ recordsPerSecond: 2_519 }), SINCE)).toBe(undefined);
  expect(words(limited, receiver({ lagGrowth: 41 }))).toBe(undefined);
  expect(words(limited, receiver({ lagGrowth: 41 }), SINCE)).toContain('4,200');
  expect(words(limited, receiver({ lagGrowth: 0 }), SINCE)).toBe(undefined);
  expect(words(limited, { ...receiver(), state: 'stopping' })).toBe(undefined);
});

it('checkpoint-failing: fires at the second failure in a row', () => {
  expect(words(checkpointFailing, { checkpointFailuresInARow: 2, checkpointError: 'the disk is full' })).toBe(
    '2 checkpoints in a row failed: the disk is full. Logs grow until one is written.',
  );
  expect(words(checkpointFailing, { checkpointFailuresInARow: 1 })).toBe(undefined);
});

it('checkpoint-old: fires at ten usual distances, 20 intervals and a minute', () => {
  expect(words(checkpointOld, { checkpointAgeMs: 12 * 60_000 })).toBe('The last checkpoint is 12 min old.');
  expect(words(checkpointOld, { checkpointAgeMs: 60_000 })).toBe(undefined);
  expect(words(checkpointOld, { checkpointAgeMs: 60_001 })).toBe('The last checkpoint is 60 s old.');
  expect(words(checkpointOld, { checkpointAgeMs: 90_000, checkpointUsualMs: 9_000 })).toBe(undefined);
  expect(words(checkpointOld, { checkpointAgeMs: 90_000, batchIntervalMs: 4_500 })).toBe(undefined);
  expect(words(checkpointOld, { checkpointAgeMs: 90_000, held: [{ batchTime: 1 }] })).toBe(undefined);
  expect(words(checkpointOld, { checkpointAgeMs: 90_000, state: 'stopped' })).toBe(undefined);
  expect(words(checkpointOld, {})).toBe(undefined);
});

it('driver-late: fires at 100 ms, holds down to 50 ms', () => {
  expect(words(driverLate, { loopDelayMs: 300 })).toBe(
    'The driver is late by 300 ms (p95): something blocks its thread.',
  );
  expect(words(driverLate, { loopDelayMs: 99.9 })).toBe(undefined);
  expect(words(driverLate, { loopDelayMs: 50 }, SINCE)).toContain('50 ms');
  expect(words(driverLate, { loopDelayMs: 49.9 }, SINCE)).toBe(undefined);
});

it('executor-lost: fires for five minutes', () => {
  const loss = (agoMs: number) => ({
    executorLoss: {
      executorId: 'executor-2',
      host: 'host-1',
      reason: 'no heartbeat',
      agoMs,
      executorCount: 1,
    },
  });
  expect(words(executorLost, loss(120_000))).toBe(
    'Executor `executor-2` on `host-1` was lost 2 min ago: no heartbeat. 1 executor runs.',
  );
  expect(words(executorLost, loss(300_000))).toBe(undefined);
});

it('host-lost: fires for five minutes, in place of the loss of its executor', () => {
  const loss = (agoMs: number) => ({
    hostLoss: { host: 'b', reason: 'no beat for 5 s', agoMs, hostCount: 2 },
  });
  expect(words(hostLost, loss(12_000))).toBe(
    'Host `b` was lost 12 s ago: no beat for 5 s. 2 hosts have executors.',
  );
  expect(words(hostLost, loss(300_000))).toBe(undefined);
  const executorLoss = { executorId: 'three', host: 'b', reason: 'no beat', agoMs: 1, executorCount: 2 };
  expect(words(executorLost, { executorLoss, ...loss(1) })).toBe(undefined);
  expect(words(executorLost, { executorLoss: { ...executorLoss, host: 'a' }, ...loss(1) })).toContain(
    'on `a`',
  );
});

it('lease-uncertain: fires while the driver in charge begins no job', () => {
  const lease = (isCertain: boolean) =>
    ({ lease: { state: 'in-charge', sinceMs: START_MS, isCertain } }) as const;
  expect(words(leaseUncertain, lease(false))).toMatch(/^The lease is not renewed: no job begins until /);
  expect(words(leaseUncertain, lease(true))).toBe(undefined);
  expect(words(leaseUncertain, { ...lease(false), state: 'stopping' })).toBe(undefined);
  expect(words(leaseUncertain, {})).toBe(undefined);
});

it('records-left-out, record-errors: fire for one record', () => {
  const lastLeftOut = { name: 'http', reason: 'a function is no data' };
  expect(words(recordsLeftOut, { recent: anyRecent({ leftOut: 12, lastLeftOut }) })).toBe(
    '12 records were left out in 2 min of `http`: a function is no data.',
  );
  expect(words(recordsLeftOut, {})).toBe(undefined);
  const lastFailure = { stream: 'orders', operator: 'map', reason: 'x is not a function' };
  expect(words(recordErrors, { recent: anyRecent({ failed: 5, deadLetters: 3, lastFailure }) })).toBe(
    '5 records have failed in 2 min, and 3 dead letters were written; the newest in `map` of `orders`: x is not a function.',
  );
  expect(words(recordErrors, { recent: anyRecent({ deadLetters: 1 }) })).toBe(
    '1 dead letter was written in 2 min.',
  );
  expect(words(recordErrors, {})).toBe(undefined);
});

it('late-records: fires at one in a hundred, holds down to half of it', () => {
  const late = (count: number) => ({ recent: anyRecent({ late: count }) });
  expect(words(lateRecords, late(200))).toBe(
    '200 records were late in 2 min (2 %): no window takes late records. Raise `maxDelayMs`, or look at the clocks of the source.',
  );
  expect(words(lateRecords, late(99))).toBe(undefined);
  expect(words(lateRecords, late(50), SINCE)).toContain('50 records');
  expect(words(lateRecords, late(49), SINCE)).toBe(undefined);
  expect(words(lateRecords, { recent: anyRecent({ records: 20, late: 9 }) })).toBe(undefined);
  expect(words(lateRecords, { recent: anyRecent({ ahead: 100, late: 1 }) })).toBe(
    '100 records are too far ahead in 2 min (1 %): look at the clocks of the source.',
  );
});

it('events-dropped: fires for one event', () => {
  expect(words(eventsDropped, { recentDroppedEvents: 120 })).toBe(
    '120 events were dropped in 2 min: some figures are too low.',
  );
  expect(words(eventsDropped, { recentDroppedEvents: 0 })).toBe(undefined);
});

it('spare-executors: fires when one executor would be busy for less than half of the time', () => {
  const executors = ['a', 'b'].map((executorId) => ({ executorId, host: 'host-1', cores: 1 }));
  const steps = (processingMs: number, count = 20) => anySteps(count, () => ({ processingMs }));
  expect(words(spareExecutors, { executors, steps: steps(200) })).toBe(
    '2 executors do the work of one: on one executor, batches would take at most 40 % of their interval.',
  );
  expect(words(spareExecutors, { executors, steps: steps(250) })).toBe(undefined);
  expect(words(spareExecutors, { executors, steps: steps(290) }, SINCE)).toContain('at most 58 %');
  expect(words(spareExecutors, { executors, steps: steps(300) }, SINCE)).toBe(undefined);
  expect(words(spareExecutors, { executors, steps: steps(200, 19) })).toBe(undefined);
  expect(words(spareExecutors, { executors: executors.slice(1), steps: steps(200) })).toBe(undefined);
  const apart = executors.map((executor, index) => ({ ...executor, host: `host-${index}` }));
  expect(words(spareExecutors, { executors: apart, steps: steps(200) })).toBe(undefined);
});

it('keeping-up: has words for each state', () => {
  expect(words(keepingUp, { steps: anySteps(20, () => ({ processingMs: 380, totalMs: 200 })) })).toBe(
    'Keeping up: batches take 38 % of their interval; a record waits 0.7 s.',
  );
  expect(words(keepingUp, { steps: anySteps(20, () => ({ records: 0 })) })).toBe(
    'Keeping up: batches take 30 % of their interval; no records arrive.',
  );
  expect(words(keepingUp, { steps: [] })).toBe('Running: no batch is completed yet.');
  expect(words(keepingUp, { state: 'initialized' })).toBe('Not started yet.');
  expect(words(keepingUp, { state: 'standby' })).toBe('Standing by: another driver is in charge.');
  const lease = { state: 'standby', sinceMs: START_MS, holder: 'host-1, process 7' } as const;
  expect(words(keepingUp, { state: 'standby', lease })).toBe(
    'Standing by: the driver `host-1, process 7` is in charge.',
  );
  expect(words(keepingUp, { state: 'starting', inputs: [] })).toBe('Starting.');
  expect(words(keepingUp, { state: 'starting' })).toBe('Starting: 1 of 1 receiver active.');
  expect(words(keepingUp, { state: 'stopping' })).toBe('Stopping after 20 batches with 200 records.');
  expect(words(keepingUp, { state: 'stopped' })).toBe('Stopped after 20 batches with 200 records.');
});
