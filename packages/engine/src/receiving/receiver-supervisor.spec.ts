import { MsgpackCodec } from '@millrace/core';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { gate, type ScriptedDriver, textOf } from '../../test/receiving-fakes.ts';
import { supervised } from '../../test/supervised-receiver.ts';

const never = () => gate().promise;

describe('ReceiverSupervisor', () => {
  it('registers before it makes and starts the receiver', async () => {
    const { supervisor, events, driver, receivers, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    expect(events).toEqual(['register', 'create', 'start']);
    expect(driver.requests('RegisterReceiver')).toEqual([
      { streamId: 3, attemptId: 'att', receiverName: 'test', executorId: 'a', host: 'here', run: 1 },
    ]);
    expect(receivers.context).toMatchObject({ streamId: 3, attemptId: 'att', executorId: 'a', host: 'here' });
    expect(supervisor.state).toBe('Running');
  });

  it('reports the start when start has resolved, once and with its run', async () => {
    const starting = gate();
    const { supervisor, driver, receivers, clock } = supervised({ start: () => starting.promise });
    supervisor.start();
    await clock.advance(5_000);
    expect(driver.requests('ReportStarted')).toEqual([]);
    starting.resolve();
    await clock.advance(5_000);
    receivers.context.restart('again');
    await clock.advance(2_000);
    expect(driver.requests('ReportStarted')).toEqual([
      { streamId: 3, attemptId: 'att', run: 1 },
      { streamId: 3, attemptId: 'att', run: 2 },
    ]);
  });

  it('reports no start of a receiver that failed, or requested its end, before start resolved', async () => {
    const { supervisor, driver, clock } = supervised({
      start: (context, life) => {
        if (life === 1) context.restart('no host');
        else if (life === 2) throw new Error('no port');
        else context.stop('no hope');
      },
    });
    supervisor.start();
    await clock.advance(60_000);
    expect(driver.requests('DeregisterReceiver').map(({ reason }) => reason)).toEqual([
      'restarting',
      'restarting',
      'final',
    ]);
    expect(driver.requests('ReportStarted')).toEqual([]);
  });

  it('repeats the report of a start until the driver answers, and no longer than the run', async () => {
    const { supervisor, driver, receivers, clock } = supervised();
    driver.answers.ReportStarted = () => Promise.reject(coreError('MR_EXECUTOR_UNREACHABLE', 'away'));
    supervisor.start();
    await clock.advance(1_000);
    const repeated = driver.requests('ReportStarted').length;
    expect(repeated).toBeGreaterThan(2);
    receivers.context.stop('end of input');
    await clock.advance(60_000);
    expect([driver.requests('ReportStarted').length, clock.pendingTimers]).toEqual([repeated, 0]);
  });

  it('ends without a receiver when the driver refuses', async () => {
    const { supervisor, events, driver, clock } = supervised();
    driver.answers.RegisterReceiver = () => ({ accepted: false, reason: 'not you' });
    supervisor.start();
    await clock.advance(60_000);
    expect([events, supervisor.state]).toEqual([['register'], 'Stopped']);
  });

  it('asks again while the driver cannot be reached', async () => {
    const { supervisor, events, driver, clock } = supervised();
    let isAway = true;
    driver.answers.RegisterReceiver = () => {
      if (isAway) throw coreError('MR_EXECUTOR_UNREACHABLE', 'away');
      return { accepted: true };
    };
    supervisor.start();
    await clock.advance(1_000);
    isAway = false;
    await clock.advance(5_000);
    expect(events.filter((event) => event !== 'register')).toEqual(['create', 'start']);
  });

  it('ends when a newer driver has taken over', async () => {
    const { supervisor, events, driver, clock } = supervised();
    driver.answers.RegisterReceiver = () => Promise.reject(coreError('MR_EXECUTOR_STALE_EPOCH', 'old'));
    supervisor.start();
    await clock.advance(60_000);
    expect([events, supervisor.state]).toEqual([['register'], 'Stopped']);
  });

  it('reports errors without stopping the receiver', async () => {
    const { supervisor, driver, receivers, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    receivers.context.reportError('odd record', new Error('why'));
    await clock.advance(0);
    expect(driver.requests('ReportError')).toMatchObject([{ streamId: 3, message: 'odd record' }]);
    expect(supervisor.state).toBe('Running');
  });

  it('limits the receiver to its rate', async () => {
    const { supervisor, receivers, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    supervisor.updateRateLimit(100);
    const answers = Array.from({ length: 12 }, (_, record) => receivers.context.store(record));
    expect(answers.indexOf(false)).toBe(9);
  });
});

describe('ReceiverSupervisor acknowledging', () => {
  it('acknowledges in the order of store, after registration (REC-1, REC-2)', async () => {
    const { supervisor, receivers, events, driver, handler, clock } = supervised(
      {},
      { maxRecordsPerBlock: 2 },
    );
    supervisor.start();
    await clock.advance(0);
    for (const token of [1, 2, 3, 4, 5]) receivers.context.store(`record ${token}`, token);
    await clock.advance(200);
    expect(receivers.acknowledged).toEqual([1, 2, 3, 4, 5]);
    expect(events.slice(3, 7)).toEqual(['add block', 'acknowledge 1 2', 'add block', 'acknowledge 3 4']);
    expect(driver.requests('AddBlock').map(({ block }) => block.blockId)).toEqual(
      handler.stored.map(({ id }) => id),
    );
  });

  it.each([
    ['memory', 'records'],
    ['process', 'records'],
    ['machine', 'records'],
    ['process', 'text'],
    ['machine', 'text'],
    ['process', 'ranges'],
  ] as const)(
    'acknowledges no block of a %s handler before it is registered: %s (REC-1)',
    async (durability, kind) => {
      const readRange = async function* () {};
      const { supervisor, receivers, handler, driver, clock } = supervised(
        kind === 'ranges'
          ? { readRange, capabilities: { replayable: true, ack: 'cumulative' } }
          : { capabilities: { ack: 'cumulative' } },
      );
      const registering = gate();
      handler.durability = durability;
      driver.answers.AddBlock = async () => {
        await registering.promise;
        return { accepted: true };
      };
      supervisor.start();
      await clock.advance(0);
      if (kind === 'text') receivers.context.storeText(new TextEncoder().encode('a\n'), 1, 1);
      else receivers.context.store('a', 1);
      const own = receivers.context.storeBlock(['b'], kind === 'ranges' ? { position: 2 } : undefined);
      let isOwnStored = false;
      void own.then(() => (isOwnStored = true));
      await clock.advance(10_000);
      expect([handler.stored.length, receivers.acknowledged, isOwnStored]).toEqual([1, [], false]);
      registering.resolve();
      await clock.advance(10_000);
      expect([handler.stored.length, receivers.acknowledged, isOwnStored]).toEqual([2, [1], true]);
    },
  );

  it('acknowledges nothing until the driver accepted the block, and stores it once (REC-1)', async () => {
    const { supervisor, receivers, driver, handler, clock } = supervised();
    let answers = 0;
    driver.answers.AddBlock = () => {
      answers += 1;
      if (answers === 2) throw coreError('MR_EXECUTOR_UNREACHABLE', 'away');
      return { accepted: answers > 2 };
    };
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 1);
    await clock.advance(75);
    expect(receivers.acknowledged).toEqual([]);
    await clock.advance(150);
    expect([receivers.acknowledged, handler.tried.length, driver.requests('AddBlock').length]).toEqual([
      [1],
      1,
      3,
    ]);
  });

  it('acknowledges without waiting for the interval (REC-5)', async () => {
    const { supervisor, receivers, driver, clock } = supervised({}, { blockIntervalMs: 60_000 });
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 1);
    receivers.context.store('b', 2);
    await clock.advance(0);
    receivers.context.store('c', 3);
    await clock.advance(0);
    expect(receivers.acknowledged).toEqual([1, 2, 3]);
    expect(driver.requests('AddBlock').map(({ block }) => [block.recordCount, block.continues])).toEqual([
      [2, undefined],
      [1, true],
    ]);
  });

  it.each([
    [{ ack: 'none' }, 0],
    [{ ack: 'cumulative' }, 0],
    [{ ack: 'cumulative', maxInFlight: 10 }, 1],
    [{ ack: 'individual' }, 1],
  ] as const)('stores records of a source with %o at once in %i blocks', async (capabilities, blocks) => {
    const { supervisor, receivers, driver, clock } = supervised(
      { capabilities },
      { blockIntervalMs: 60_000 },
    );
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 1);
    await clock.advance(10_000);
    expect(driver.requests('AddBlock').length).toBe(blocks);
  });

  it('acknowledges at the interval while the driver has many blocks without a batch', async () => {
    const { supervisor, receivers, driver, clock } = supervised();
    let isCrowded = true;
    driver.answers.AddBlock = () => ({ accepted: true, isCrowded });
    supervisor.start();
    await clock.advance(10);
    for (const token of [1, 2, 3]) {
      receivers.context.store(`record ${token}`, token);
      await clock.advance(0);
    }
    expect(receivers.acknowledged).toEqual([1]);
    isCrowded = false;
    await clock.advance(200);
    receivers.context.store('record 4', 4);
    await clock.advance(0);
    expect(receivers.acknowledged).toEqual([1, 2, 3, 4]);
  });

  it('acknowledges no records that are not durable (REC-1)', async () => {
    const { supervisor, receivers, handler, clock } = supervised({}, { maxRecordsPerBlock: 1 });
    handler.before = () => Promise.reject(coreError('MR_BLOCK_STORE_FULL', 'full'));
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 1);
    await clock.advance(600_000);
    expect([receivers.acknowledged, supervisor.state]).toEqual([[], 'Running']);
  });

  it('makes one call at a time, and none before start has returned', async () => {
    const starting = gate();
    const acknowledging = gate();
    const { supervisor, receivers, events, clock } = supervised(
      { start: () => starting.promise, acknowledge: () => acknowledging.promise },
      { maxRecordsPerBlock: 1 },
    );
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 1);
    receivers.context.store('b', 2);
    await clock.advance(0);
    expect(events).not.toContain('acknowledge 1');
    starting.resolve();
    await clock.advance(0);
    expect(events.slice(-1)).toEqual(['acknowledge 1']);
    acknowledging.resolve();
    await clock.advance(0);
    expect(events.slice(-1)).toEqual(['acknowledge 2']);
  });

  it('stores at most one queue of blocks ahead of a source that is slow to acknowledge', async () => {
    const bounds = { maxRecordsPerBlock: 1, blockQueueSize: 2 };
    const { supervisor, receivers, handler, clock } = supervised({ acknowledge: never }, bounds);
    supervisor.start();
    await clock.advance(0);
    for (const token of [1, 2, 3, 4]) receivers.context.store('x', token);
    await clock.advance(1_000);
    expect(handler.stored.length).toBe(2);
    expect(receivers.context.store('x', 5)).toBe(false);
  });

  it('restarts a receiver that cannot acknowledge, and acknowledges nothing after the gap (REC-2)', async () => {
    const { supervisor, receivers, events, driver, clock } = supervised(
      { acknowledge: (tokens) => (tokens[0] === 2 ? Promise.reject(new Error('lost')) : undefined) },
      { maxRecordsPerBlock: 1 },
    );
    supervisor.start();
    await clock.advance(0);
    for (const token of [1, 2, 3]) receivers.context.store('x', token);
    await clock.advance(0);
    expect(receivers.acknowledged).toEqual([1]);
    expect(events).not.toContain('acknowledge 3');
    expect(driver.requests('ReportError').length).toBe(1);
    expect(driver.requests('DeregisterReceiver')).toMatchObject([{ reason: 'restarting', recordsLeft: 0 }]);
  });

  it('acknowledges no more records after a failure during the flush (REC-2)', async () => {
    const storing = gate();
    const { supervisor, receivers, handler, events, clock } = supervised(
      { acknowledge: () => Promise.reject(new Error('lost')) },
      { maxRecordsPerBlock: 1 },
    );
    handler.before = (id) => (id.endsWith('-1') ? storing.promise : undefined);
    supervisor.start();
    await clock.advance(0);
    for (const token of [1, 2]) receivers.context.store('x', token);
    await clock.advance(0);
    storing.resolve();
    await clock.advance(0);
    expect(handler.stored.length).toBe(2);
    expect(events.filter((event) => event.startsWith('acknowledge'))).toEqual(['acknowledge 1']);
  });

  it('restarts a receiver that does not return from acknowledge', async () => {
    const { supervisor, receivers, events, clock } = supervised({ acknowledge: never });
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('x', 1);
    await clock.advance(200 + 30_000 + 2_000);
    expect(events.filter((event) => event === 'start').length).toBe(2);
  });

  it('resolves storeBlock once the block is stored and registered', async () => {
    const accepting = gate();
    const { supervisor, receivers, driver, clock } = supervised();
    driver.answers.AddBlock = async () => {
      await accepting.promise;
      return { accepted: true };
    };
    supervisor.start();
    await clock.advance(0);
    const batch = ['a', 'b'];
    let isStored = false;
    const stored = receivers.context.storeBlock(batch, { offset: 9 }).then(() => (isStored = true));
    batch.length = 0;
    await clock.advance(0);
    expect(isStored).toBe(false);
    accepting.resolve();
    await stored;
    expect(driver.requests('AddBlock')).toMatchObject([
      { block: { recordCount: 2, metadata: { offset: 9 } } },
    ]);
  });

  it('stores encoded records, and nothing for an empty list', async () => {
    const { supervisor, receivers, handler, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    const packed = new MsgpackCodec().encodeRecords([1, 2, 3, 4, 5]);
    await receivers.context.storeBytes(packed, 5);
    await receivers.context.storeBlock([]);
    await receivers.context.storeBytes(new Uint8Array(), 0);
    expect(handler.stored.map(({ block }) => [block.kind, block.recordCount, block.sizeBytes])).toEqual([
      ['encoded', 5, packed.byteLength],
    ]);
    await expect(receivers.context.storeBytes(new Uint8Array(), -1)).rejects.toThrow(TypeError);
  });

  it.each([
    ['no bytes of the codec', textOf('packed'), 5],
    ['fewer records than claimed', new MsgpackCodec().encodeRecords([1, 2]), 5],
  ])('refuses at once, and reports, bytes that would fail their batch: %s', async (_what, bytes, count) => {
    const { supervisor, receivers, handler, driver, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    await expect(receivers.context.storeBytes(bytes, count)).rejects.toMatchObject({
      code: 'MR_CODEC_MALFORMED',
      details: { streamId: 3, recordCount: 5 },
    });
    await clock.advance(0);
    expect(handler.stored).toEqual([]);
    expect(driver.requests('ReportError')).toMatchObject([{ error: { code: 'MR_CODEC_MALFORMED' } }]);
    expect(supervisor.state).toBe('Running');
  });
});

describe('ReceiverSupervisor restarting', () => {
  it('flushes, closes and deregisters before it waits and starts anew', async () => {
    const { supervisor, receivers, events, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 1);
    receivers.context.restart('source is gone', new Error('gone'));
    await clock.advance(1_999);
    const firstLife = ['register', 'create', 'start', 'stop restart', 'add block', 'acknowledge 1', 'closed'];
    expect(events.toSorted()).toEqual([...firstLife, 'deregister restarting'].toSorted());
    expect(events.slice(-2)).toEqual(['closed', 'deregister restarting']);
    await clock.advance(1);
    expect(events.slice(-3)).toEqual(['register', 'create', 'start']);
    expect(receivers.contexts.length).toBe(2);
  });

  it('refuses records once the signal is aborted', async () => {
    let outcome: unknown;
    const { supervisor, receivers, clock } = supervised({
      start: (context) =>
        context.signal.addEventListener('abort', () => {
          try {
            outcome = context.store('late');
          } catch (error) {
            outcome = error;
          }
        }),
    });
    supervisor.start();
    await clock.advance(0);
    receivers.context.restart('again');
    await clock.advance(0);
    expect(outcome).toMatchObject({ code: 'MR_RECEIVER_NOT_RUNNING' });
  });

  it('calls stop after an acknowledgement in progress', async () => {
    const acknowledging = gate();
    const { supervisor, receivers, events, clock } = supervised({ acknowledge: () => acknowledging.promise });
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 1);
    await clock.advance(200);
    receivers.context.restart('again');
    await clock.advance(100);
    expect(events.at(-1)).toBe('acknowledge 1');
    acknowledging.resolve();
    await clock.advance(0);
    expect(events.slice(-3)).toEqual(['stop restart', 'closed', 'deregister restarting']);
  });

  it('begins no new life while the start of the last one is pending', async () => {
    const starting = gate();
    const { supervisor, receivers, events, clock } = supervised(
      { start: (_context, life) => (life === 1 ? starting.promise : undefined) },
      { restartDelayMs: 1 },
    );
    supervisor.start();
    await clock.advance(0);
    receivers.context.restart('again');
    await clock.advance(10_000);
    expect(events.filter((event) => event === 'create').length).toBe(1);
    starting.reject(new Error('called off'));
    await clock.advance(1);
    expect(events.filter((event) => event === 'create').length).toBe(2);
  });

  it('continues the sequence of block names over restarts, so that no name repeats', async () => {
    const { supervisor, handler, clock } = supervised({
      start: (context, life) => {
        context.store(`life ${life}`);
        if (life < 3) context.restart('again');
      },
    });
    supervisor.start();
    await clock.advance(60_000);
    expect(handler.stored.map(({ id }) => id)).toEqual(['input-3-att-0', 'input-3-att-1', 'input-3-att-2']);
  });

  it('counts several restart requests of one life once', async () => {
    const { supervisor, receivers, events, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    receivers.context.restart('first', undefined, 10);
    receivers.context.restart('second', undefined, 60_000);
    await clock.advance(10);
    expect(events.filter((event) => event === 'start').length).toBe(2);
    receivers.contexts[0]?.restart('from an earlier life');
    await clock.advance(60_000);
    expect(events.filter((event) => event === 'start').length).toBe(2);
  });

  it('waits longer and longer while restarts follow each other (REC-3)', async () => {
    const starts: number[] = [];
    const { supervisor, clock } = supervised(
      { start: (context) => void (starts.push(clock.now()), context.restart('no luck')) },
      { restartDelayMaxMs: 8_000 },
    );
    supervisor.start();
    await clock.advance(30_000);
    const waits = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    // The middle of the upper half of 4, 8, 8, … seconds.
    expect(waits).toEqual([2_000, 3_000, 6_000, 6_000, 6_000, 6_000]);
  });

  it('counts no time before start resolves as healthy', async () => {
    const starts: number[] = [];
    const { supervisor, clock } = supervised({
      start: async (context) => {
        starts.push(clock.now());
        await clock.sleepFor(70_000, context.signal);
        throw new Error('timed out');
      },
    });
    supervisor.start();
    await clock.advance(300_000);
    const waits = starts.slice(1).map((start, index) => start - (starts[index] ?? 0) - 70_000);
    expect(waits).toEqual([2_000, 3_000, 6_000]);
  });

  it('tells the driver the run and the delay of a restart', async () => {
    const { supervisor, receivers, driver, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    receivers.context.restart('first', undefined, 500);
    await clock.advance(500);
    receivers.context.restart('second');
    await clock.advance(0);
    expect(driver.requests('DeregisterReceiver').map(({ run, delayMs }) => [run, delayMs])).toEqual([
      [1, 500],
      [2, 3_000],
    ]);
  });

  it('waits shortly again after a healthy life', async () => {
    const { supervisor, receivers, events, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    receivers.context.restart('once');
    await clock.advance(2_000 + 60_000);
    receivers.context.restart('much later');
    await clock.advance(2_000);
    expect(events.filter((event) => event === 'start').length).toBe(3);
  });

  it('never restarts without a delay, also when a receiver requests none', async () => {
    const { supervisor, events, clock } = supervised({
      start: (context) => context.restart('at once', undefined, 0),
    });
    supervisor.start();
    await clock.advance(10_000);
    expect(events.filter((event) => event === 'start').length).toBeLessThan(6);
  });

  it('restarts after a start that throws or rejects, and stops that receiver once', async () => {
    const { supervisor, events, driver, clock } = supervised({
      start: (_context, life) => {
        if (life === 1) throw new Error('no host');
        return life === 2 ? Promise.reject(new Error('no port')) : undefined;
      },
    });
    supervisor.start();
    await clock.advance(10_000);
    expect(events.filter((event) => event === 'stop restart').length).toBe(2);
    expect(driver.requests('DeregisterReceiver')).toMatchObject([
      { reason: 'restarting', error: { message: 'no host' } },
      { reason: 'restarting', error: { message: 'no port' } },
    ]);
    expect(supervisor.state).toBe('Running');
  });

  it('restarts with delays when the receiver cannot be made', async () => {
    let tries = 0;
    const { supervisor, events, clock } = supervised({
      create: () => {
        tries += 1;
        if (tries < 3) throw new Error('bad options');
      },
    });
    supervisor.start();
    await clock.advance(4_999);
    expect(tries).toBe(2);
    await clock.advance(1);
    expect(events.slice(-2)).toEqual(['create', 'start']);
  });

  it('continues when stop and closed throw, and logs the errors', async () => {
    const fail = () => Promise.reject(new Error('clumsy'));
    const { supervisor, receivers, events, log, clock } = supervised({ stop: fail, closed: fail });
    supervisor.start();
    await clock.advance(0);
    receivers.context.restart('again');
    await clock.advance(2_000);
    expect(events.filter((event) => event === 'start').length).toBe(2);
    expect(log.messages('warn').length).toBe(2);
  });

  it('continues when stop does not return', async () => {
    const { supervisor, receivers, events, clock } = supervised({ stop: never });
    supervisor.start();
    await clock.advance(0);
    receivers.context.restart('again');
    await clock.advance(30_000 + 2_000);
    expect(events.filter((event) => event === 'start').length).toBe(2);
  });
});

describe('ReceiverSupervisor ending for good', () => {
  it('ends when the receiver requests it', async () => {
    const { supervisor, receivers, events, driver, handler, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('last', 1);
    receivers.context.stop('end of input');
    await clock.advance(0);
    expect(events.slice(-2)).toEqual(['closed', 'deregister final']);
    expect(driver.requests('DeregisterReceiver')).toEqual([
      { streamId: 3, attemptId: 'att', run: 1, message: 'end of input', reason: 'final', recordsLeft: 0 },
    ]);
    expect([handler.records, receivers.acknowledged]).toEqual([['last'], [1]]);
    await clock.advance(600_000);
    expect([supervisor.state, clock.pendingTimers]).toEqual(['Stopped', 0]);
  });

  it('fails when a block cannot be stored, acknowledges none of its records, and counts the records left', async () => {
    const { supervisor, receivers, driver, handler, clock } = supervised(
      {},
      { maxRecordsPerBlock: 2, pushAttempts: 3 },
    );
    handler.before = (id) => (id.endsWith('-1') ? Promise.reject(new Error('disk broken')) : undefined);
    supervisor.start();
    await clock.advance(0);
    for (const token of [1, 2, 3, 4, 5]) receivers.context.store('x', token);
    await clock.advance(60_000);
    expect(receivers.acknowledged).toEqual([1, 2]);
    expect(driver.requests('DeregisterReceiver')).toMatchObject([
      { reason: 'failed', recordsLeft: 3, error: { code: 'MR_RECEIVER_STORE_FAILED' } },
    ]);
    expect(supervisor.state).toBe('Stopped');
  });

  it('fails when the last blocks of a restart cannot be stored', async () => {
    const { supervisor, receivers, driver, handler, clock } = supervised();
    handler.before = () => Promise.reject(coreError('MR_STORAGE_DENIED', 'read-only'));
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('x', 1);
    receivers.context.restart('again');
    await clock.advance(60_000);
    expect(driver.requests('DeregisterReceiver')).toMatchObject([{ reason: 'failed', recordsLeft: 1 }]);
  });
});

describe('ReceiverSupervisor.stop', () => {
  it('stops adding, pushes, acknowledges, closes, deregisters (REC-4)', async () => {
    const { supervisor, receivers, events, handler, clock } = supervised({}, { maxRecordsPerBlock: 2 });
    supervisor.start();
    await clock.advance(0);
    for (const token of [1, 2, 3]) receivers.context.store(token, token);
    const reply = await supervisor.stop('enough', 10_000);
    expect([reply, handler.records, receivers.acknowledged]).toEqual([
      { recordsLeft: 0 },
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(events.slice(-3)).toEqual(['acknowledge 3', 'closed', 'deregister stopped']);
    expect([events.filter((event) => event.startsWith('stop')), clock.pendingTimers]).toEqual([
      ['stop stopped'],
      0,
    ]);
  });

  it('ends while start is pending', async () => {
    const { supervisor, events, clock } = supervised({
      start: (context) =>
        new Promise((_resolve, reject) => {
          context.signal.addEventListener('abort', () => reject(new Error('called off')));
        }),
    });
    supervisor.start();
    await clock.advance(0);
    expect(await supervisor.stop('enough', 10_000)).toEqual({ recordsLeft: 0 });
    expect(events.slice(-3)).toEqual(['stop stopped', 'closed', 'deregister stopped']);
  });

  it('ends by its deadline when start, stop and closed never return (STP-1)', async () => {
    const { supervisor, events, clock } = supervised({ start: never, stop: never, closed: never });
    supervisor.start();
    await clock.advance(0);
    const stopped = supervisor.stop('enough', 5_000);
    await clock.advance(5_000);
    expect(await stopped).toEqual({ recordsLeft: 0 });
    expect([events.at(-1), clock.pendingTimers]).toEqual(['deregister stopped', 0]);
  });

  it('ends by its deadline during a push, and counts the records left (STP-1)', async () => {
    const { supervisor, receivers, driver, handler, clock } = supervised({}, { maxRecordsPerBlock: 2 });
    handler.before = never;
    supervisor.start();
    await clock.advance(0);
    for (const token of [1, 2, 3]) receivers.context.store(token, token);
    const stopped = supervisor.stop('enough', 5_000);
    await clock.advance(5_000);
    expect(await stopped).toEqual({ recordsLeft: 3 });
    expect(driver.requests('DeregisterReceiver')).toMatchObject([{ reason: 'stopped', recordsLeft: 3 }]);
    expect(receivers.acknowledged).toEqual([]);
  });

  it('removes a block that is stored after the deadline, because no driver knows the block', async () => {
    const storing = gate();
    const { supervisor, receivers, driver, handler, clock } = supervised();
    handler.before = () => storing.promise;
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 1);
    const stopped = supervisor.stop('enough', 1_000);
    await clock.advance(1_000);
    await stopped;
    storing.resolve();
    await clock.advance(0);
    expect(handler.removed).toEqual(['input-3-att-0']);
    expect([driver.requests('AddBlock'), receivers.acknowledged]).toEqual([[], []]);
  });

  it('ends by its deadline when the driver does not answer', async () => {
    const { supervisor, receivers, driver, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    driver.answers.AddBlock = () => gate().promise as never;
    driver.answers.DeregisterReceiver = never;
    receivers.context.store('a', 1);
    const stopped = supervisor.stop('enough', 5_000);
    await clock.advance(5_000);
    expect(await stopped).toEqual({ recordsLeft: 1 });
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends at once when its deadline has passed already', async () => {
    const { supervisor, receivers, events, handler, clock } = supervised();
    handler.before = never;
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 1);
    expect(await supervisor.stop('enough', 0)).toEqual({ recordsLeft: 1 });
    expect(events.filter((event) => event.startsWith('stop'))).toEqual(['stop stopped']);
  });

  it('cancels a registration that is not answered', async () => {
    const { supervisor, events, driver, clock } = supervised();
    driver.answers.RegisterReceiver = () => gate().promise as never;
    supervisor.start();
    await clock.advance(0);
    expect(await supervisor.stop('enough', 5_000)).toEqual({ recordsLeft: 0 });
    expect(events).toEqual(['register', 'deregister stopped']);
  });

  it('cancels a restart that is waiting', async () => {
    const { supervisor, receivers, events, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    receivers.context.restart('again');
    await clock.advance(1_000);
    expect(supervisor.state).toBe('Waiting');
    await supervisor.stop('enough', 5_000);
    await clock.advance(60_000);
    expect(events.slice(-2)).toEqual(['deregister restarting', 'deregister stopped']);
  });

  it('takes over an end in progress', async () => {
    const storing = gate();
    const { supervisor, receivers, events, handler, clock } = supervised();
    handler.before = () => storing.promise;
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 1);
    receivers.context.restart('again');
    await clock.advance(100);
    const stopped = supervisor.stop('enough', 5_000);
    storing.resolve();
    expect(await stopped).toEqual({ recordsLeft: 0 });
    expect(events.slice(-3)).toEqual(['acknowledge 1', 'closed', 'deregister stopped']);
    expect(events.filter((event) => event.startsWith('stop'))).toEqual(['stop restart']);
  });

  it('may be repeated, before the start and after the end', async () => {
    const { supervisor, events, clock } = supervised();
    expect(await supervisor.stop('early', 1)).toEqual({ recordsLeft: 0 });
    supervisor.start();
    expect(await supervisor.stop('late', 1)).toEqual({ recordsLeft: 0 });
    expect([events, clock.pendingTimers]).toEqual([[], 0]);
  });
});

describe('ReceiverSupervisor: replayable sources', () => {
  const replayable = { capabilities: { replayable: true } };

  it('registers the position of the last record with each block', async () => {
    const { supervisor, driver, receivers, clock } = supervised(replayable);
    supervisor.start();
    await clock.advance(0);
    for (const n of [4, 5, 6]) receivers.context.store(n, { offset: n });
    await clock.advance(300);
    await receivers.context.storeBlock([7], { position: { offset: 7 } });
    expect(driver.requests('AddBlock').map(({ block }) => block.metadata)).toEqual([
      { position: { offset: 6 } },
      { position: { offset: 7 } },
    ]);
  });

  it('registers none of the tokens of other sources', async () => {
    const { supervisor, driver, receivers, clock } = supervised();
    supervisor.start();
    await clock.advance(0);
    receivers.context.store(4, () => 'never leaves its executor');
    await clock.advance(300);
    expect(driver.requests('AddBlock').map(({ block }) => block.metadata)).toEqual([undefined]);
  });

  it('gives every start its source position, also after a restart on the spot', async () => {
    const { supervisor, driver, receivers, clock } = supervised(replayable);
    let resumeFrom = 41;
    driver.answers.RegisterReceiver = () => ({ accepted: true, resumeFrom });
    supervisor.start();
    await clock.advance(0);
    resumeFrom = 42;
    receivers.context.restart('connection lost');
    await clock.advance(5_000);
    expect(receivers.contexts.map((context) => context.resumeFrom)).toEqual([41, 42]);
  });

  const ranged = { ...replayable, readRange: async function* () {} };
  const ranges = (driver: ScriptedDriver) => driver.requests('AddBlock').map(({ block }) => block.range);

  it('registers the range of each block, one beginning where the other ends (BLK-1)', async () => {
    const { supervisor, driver, receivers, clock } = supervised(ranged);
    driver.answers.RegisterReceiver = () => ({ accepted: true, resumeFrom: 3 });
    supervisor.start();
    await clock.advance(0);
    for (const n of [4, 5, 6]) receivers.context.store(n, n);
    await clock.advance(300);
    await receivers.context.storeBlock([7, 8], { position: 8 });
    expect(ranges(driver)).toEqual([
      { from: 3, to: 6 },
      { from: 6, to: 8 },
    ]);
  });

  it('begins the first range of a source at its beginning', async () => {
    const { supervisor, driver, receivers, clock } = supervised(ranged);
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 0);
    await clock.advance(300);
    expect(ranges(driver)).toEqual([{ to: 0 }]);
  });

  it('lets a handler that logs keep such blocks in memory only', async () => {
    const { supervisor, handler, receivers, clock } = supervised(ranged);
    handler.durability = 'machine';
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 0);
    await clock.advance(300);
    expect(handler.stored.map(({ options }) => options)).toEqual([{ canBeReadAgain: true }]);
  });

  it('lets a handler without a log keep them like other blocks, so that it slows the source down', async () => {
    const { supervisor, handler, receivers, clock } = supervised(ranged);
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 0);
    await clock.advance(300);
    expect(handler.stored.map(({ options }) => options)).toEqual([{ canBeReadAgain: false }]);
  });

  it('stores a block without a position as data, and the next one, whose beginning is unknown', async () => {
    const { supervisor, handler, driver, receivers, clock } = supervised(ranged);
    handler.durability = 'machine';
    supervisor.start();
    await clock.advance(0);
    await receivers.context.storeBlock([1]);
    await receivers.context.storeBlock([2], { position: 2 });
    await receivers.context.storeBlock([3], { position: 3 });
    expect(ranges(driver)).toEqual([undefined, undefined, { from: 2, to: 3 }]);
    expect(handler.stored.map(({ options }) => options.canBeReadAgain)).toEqual([false, false, true]);
  });

  it('stores the blocks of a source without ranges as data', async () => {
    const { supervisor, handler, driver, receivers, clock } = supervised(replayable);
    handler.durability = 'machine';
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 0);
    await clock.advance(300);
    expect(ranges(driver)).toEqual([undefined]);
    expect(handler.stored[0]?.options).toEqual({ canBeReadAgain: false });
  });
});

describe('ReceiverSupervisor: blocks inside their registrations', () => {
  const logEntry = { payload: new Uint8Array([1]), handle: { segment: 's', offset: 0, length: 1 } };

  /** Stores one record; returns the answer of the handler's `readsLog`, if asked, and the message with the block. */
  async function storeOne(reads: () => boolean, reply: object = { logEntry }) {
    const { supervisor, handler, driver, receivers, clock, log } = supervised();
    driver.answers.RegisterReceiver = () => ({ accepted: true, ...reply });
    const asked: unknown[] = [];
    handler.reads = (entry) => {
      asked.push(entry);
      return reads();
    };
    supervisor.start();
    await clock.advance(0);
    receivers.context.store('a', 'token');
    await clock.advance(300);
    return {
      asked,
      log,
      content: driver.requests('AddBlock')[0]?.content,
      count: driver.requests('AddBlock').length,
    };
  }

  it('asks the handler whether the handler reads the log of the driver', async () => {
    const { asked, content, count } = await storeOne(() => true);
    expect(asked).toEqual([logEntry]);
    expect(Buffer.from(content ?? []).toString()).toBe('content of input-3-att-0');
    expect(count).toBe(1);
  });

  it.each([
    ['does not read the log', () => false, { logEntry }],
    ['fails to read the log', () => expect.unreachable('the disk failed'), { logEntry }],
    ['has no log to read', () => true, {}],
  ])('sends no content when the handler %s', async (_, reads, reply) => {
    const { content, count } = await storeOne(reads, reply);
    expect([content, count]).toEqual([undefined, 1]);
  });

  it('ends while the handler still reads', async () => {
    const { supervisor, handler, driver, events, clock } = supervised();
    driver.answers.RegisterReceiver = () => ({ accepted: true, logEntry });
    handler.readsLog = () => new Promise(() => undefined);
    supervisor.start();
    await clock.advance(0);
    const stopped = supervisor.stop('enough', 1_000);
    await clock.advance(0);
    expect(await stopped).toEqual({ recordsLeft: 0 });
    expect(events).toEqual(['register', 'deregister stopped']);
  });
});
