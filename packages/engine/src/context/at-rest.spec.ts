// Nothing is held at rest: after any history, all accounts of a quiet engine are at zero. An account that never
// returns to zero overflows only after days, long after every other test has ended.
import { defineReceiver, type ReceiverContext } from '@millrace/core';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { NumberSource, RestartWorld } from '../../test/restart-world.ts';
import { notAtRest } from '../holdings.ts';
import type { StreamingContext } from './streaming-context.ts';

const QUIET_MS = 10_000;
const noOptions = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } } as const;

/** A receiver whose context the test holds: the test calls `store`, and the receiver acknowledges on request. */
function byHand() {
  const contexts: ReceiverContext<unknown>[] = [];
  const acknowledged: unknown[] = [];
  let acknowledgeFails = false;
  const receiver = defineReceiver({
    name: 'by-hand',
    contract: 1,
    capabilities: {
      ack: 'cumulative',
      replayable: false,
      ordering: 'per-stream',
      pause: true,
      bounded: false,
      format: 'records',
      touches: [],
    },
    options: noOptions,
    create: () => ({
      start: (context) => void contexts.push(context),
      stop: () => undefined,
      acknowledge: async (tokens) => {
        if (acknowledgeFails) throw new Error('the source does not take it');
        acknowledged.push(...tokens);
      },
    }),
  })({});
  return {
    receiver,
    acknowledged,
    get current() {
      return contexts.at(-1) as ReceiverContext<unknown>;
    },
    setAcknowledgeFails: (fails: boolean) => (acknowledgeFails = fails),
  };
}

/** An engine over a receiver driven by hand, with small bounds, that has run for a batch. */
async function running(options: { readonly hasLog?: boolean; readonly hasCheckpoints?: boolean } = {}) {
  const world = new RestartWorld(options);
  const hand = byHand();
  const sums: number[] = [];
  const life = world.begin(
    (ssc) =>
      ssc
        .receiverStream(hand.receiver)
        .map((n): [number, number] => [Number(n) % 3, Number(n)])
        .reduceByKey((left, right) => left + right, 2)
        .foreachRDD(async (rdd) => void sums.push(...(await rdd.values().collect()))),
    {
      receiving: { maxRecordsPerBlock: 20, blockQueueSize: 2, maxHeldRecords: 100, maxRate: 1_000 },
      batches: { maxAttempts: 2, retryDelayMs: 50, onBatchFailure: 'skip' },
    },
  );
  await life.ssc.start();
  await world.pass(life, 1_000);
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) await world.pass(life, 100);
  };
  return { world, life, hand, sums, pass, ssc: life.ssc };
}

function expectRest(ssc: StreamingContext): void {
  const { underWay, kept } = ssc.holdings();
  expect({ underWay: notAtRest(underWay), kept: notAtRest(kept) }).toEqual({ underWay: {}, kept: {} });
}

const lives: Readonly<Record<string, (engine: Awaited<ReturnType<typeof running>>) => Promise<void>>> = {
  'single records beyond a bound': async ({ hand, pass }) => {
    for (let round = 0; round < 6; round += 1) {
      let n = 0;
      while (n < 80 && hand.current.store(n, n)) n += 1;
      for (let more = 0; more < 5; more += 1) hand.current.store(more, more);
      await pass(500);
    }
    await pass(2_000);
  },
  'waiting blocks without a caller that awaits them, and records behind': async ({ hand, pass }) => {
    for (let round = 0; round < 20; round += 1) {
      for (let block = 0; block < 4; block += 1) void hand.current.storeBlock([1, 2, 3, 4, 5]);
      hand.current.store(round, round);
      await pass(300);
    }
  },
  'pushes that fail for a while': async ({ world, hand, pass }) => {
    const { set } = world.blocks;
    let failures = 7;
    world.blocks.set = function fail(id, block) {
      failures -= 1;
      if (failures > 0) throw coreError('MR_STORAGE_FAILED', 'not now');
      return set.call(this, id, block);
    };
    for (let n = 0; n < 30; n += 1) hand.current.store(n, n);
    await pass(10_000);
  },
  'a source that refuses acknowledgements': async ({ hand, pass }) => {
    hand.setAcknowledgeFails(true);
    for (let n = 0; n < 30; n += 1) hand.current.store(n, n);
    await pass(3_000);
    hand.setAcknowledgeFails(false);
    for (let waited = 0; waited < 100 && hand.current.signal.aborted; waited += 1) await pass(500);
    hand.current.store(1, 1);
    await pass(1_000);
  },
  'restarts with records on the way': async ({ hand, pass }) => {
    for (let round = 0; round < 5; round += 1) {
      for (let n = 0; n < 30; n += 1) hand.current.store(n, n);
      void hand.current.storeBlock([1, 2, 3]);
      hand.current.reportError('odd');
      hand.current.restart('again', undefined, 10);
      await pass(100);
      for (let waited = 0; waited < 100 && hand.current.signal.aborted; waited += 1) await pass(500);
      await pass(500);
    }
  },
  'batches that fail and are skipped': async ({ hand, pass }) => {
    for (let n = 0; n < 10; n += 1) hand.current.store(n === 5 ? { valueOf: () => 1n } : n, n);
    await pass(5_000);
  },
};

describe('an engine at rest', () => {
  it.each(
    Object.entries(lives).flatMap(([name, live]) =>
      [
        { hasLog: true, hasCheckpoints: true },
        { hasLog: false, hasCheckpoints: false },
        { hasLog: true, hasCheckpoints: false },
      ].map((options) => ({ name, live, options, label: JSON.stringify(options) })),
    ),
  )('holds nothing after $name ($label)', async ({ live, options }) => {
    const engine = await running(options);
    await live(engine);
    await engine.pass(QUIET_MS);
    expectRest(engine.ssc);
    expect(engine.life.clock.pendingTimers).toBeLessThan(6);
    for (let n = 0; n < 50; n += 1) engine.hand.current.store(n, n);
    const stopped = engine.ssc.stop();
    await engine.pass(3_000);
    expect(await stopped).toMatchObject({ isClean: true });
    expect(notAtRest(engine.ssc.holdings().underWay)).toEqual({});
    expect(engine.life.clock.pendingTimers).toBe(0);
  });

  it('names its amounts while work is under way', async () => {
    const { ssc, hand, life } = await running();
    for (let n = 0; n < 5; n += 1) hand.current.store(n, n);
    void hand.current.storeBlock([1, 2]);
    expect(notAtRest(ssc.holdings().underWay)).toMatchObject({ 'receiving.heldRecords': 7 });
    await life.clock.advance(300);
    expect(notAtRest(ssc.holdings().underWay)).toMatchObject({ 'tracking.waitingRecords': 7 });
    await ssc.stop({ graceful: false });
  });

  it('does not hold more with each batch when windows read earlier batches', async () => {
    const world = new RestartWorld();
    const source = new NumberSource();
    const life = world.begin((ssc) =>
      ssc
        .receiverStream(source.receiver({ replayable: true, isAlive: () => true }))
        .window(3_000, 1_000)
        .foreachRDD(async (rdd) => void (await rdd.count())),
    );
    await life.ssc.start();
    const run = async (batches: number) => {
      for (let batch = 0; batch < batches; batch += 1) {
        source.produced += 10;
        await world.pass(life, 1_000);
      }
      return life.ssc.holdings().kept;
    };
    const early = await run(10);
    expect(await run(50)).toEqual(early);
    expect(early['tracking.allocatedInputs']).toBeGreaterThan(0);
    await life.ssc.stop();
  });
});
