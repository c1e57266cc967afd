// The reader of a simulated source against receiver contexts that keep a bound, and contexts that keep another bound.
import { coreError, MillraceError, type ReceiverContext, SeededRandom } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { Coverage } from '../src/coverage.ts';
import type { StreamPlan } from '../src/plan.ts';
import type { SimProcess } from '../src/sim-process.ts';
import type { SimRecord } from '../src/sim-record.ts';
import { SimSource } from '../src/sim-source.ts';
import { SourceReader } from '../src/source-reader.ts';
import { SourceStart } from '../src/source-start.ts';

/** The most records that the receiver may hold. */
const MAX = 100;
const FULL = { source: 'acknowledged', recordsPerSecond: 200, restartRate: 0, failureRate: 0 } as const;

interface Reading {
  readonly broken: readonly string[];
  /** The numbers of accepted records. */
  readonly stored: readonly number[];
  /** The sizes of accepted blocks. */
  readonly blocks: readonly number[];
}

/**
 * One poll of a receiver that fills its bounds from 250 records. The context takes `takes` records until it refuses,
 * and blocks of up to `largest` records.
 */
async function reading(
  stores: StreamPlan['stores'],
  { takes = MAX, largest = MAX, isAlive = true } = {},
): Promise<Reading> {
  const broken: string[] = [];
  const stored: number[] = [];
  const blocks: number[] = [];
  const source = new SimSource({
    name: 'source-0',
    plan: { ...FULL, stores, fillsBounds: true },
    maxHeldRecords: MAX,
    random: new SeededRandom('1'),
    coverage: new Coverage(),
    nowMs: () => 0,
    violated: (promise, what) => void broken.push(`${promise}: ${what}`),
  });
  source.produced = 250;
  const ending = new AbortController();
  const context = {
    signal: ending.signal,
    clock: { sleepFor: async () => ending.abort() },
    store: ([number]: SimRecord) => {
      if (stored.length >= takes) throw coreError('MR_RECEIVER_OVERRUN', 'the receiver holds too much');
      stored.push(number);
      return stored.length < takes;
    },
    storeBlock: async (records: readonly SimRecord[]) => {
      if (records.length > largest)
        throw new MillraceError('MR_RECEIVER_BLOCK_TOO_LARGE', 'too large', { disposition: 'fail-batch' });
      blocks.push(records.length);
    },
    ready: async () => undefined,
    restart: () => ending.abort(),
  } as unknown as ReceiverContext<SimRecord | string>;
  const process = { isAlive, step: () => undefined } as unknown as SimProcess;
  const start = new SourceStart(0);
  source.starts.push(start);
  await new SourceReader(source, { context, process, start, index: 0 }).read(0);
  return { broken, stored, blocks };
}

describe('a reader that fills the buffer of its receiver', () => {
  it('accepts a receiver that takes exactly as many records as may be held', async () => {
    const { broken, stored } = await reading('records');
    expect([broken, stored.length, stored.at(-1)]).toEqual([[], MAX, MAX - 1]);
  });

  it('accepts a receiver that refuses earlier', async () => {
    expect((await reading('records', { takes: 40 })).broken).toEqual([]);
  });

  it('reports a receiver that takes one record more (BLK-2)', async () => {
    expect((await reading('records', { takes: MAX + 1 })).broken).toEqual([
      'BLK-2: source-0 stored 101 records at once, and 100 may be held',
    ]);
  });

  it('reports a receiver that never refuses (BLK-2)', async () => {
    expect((await reading('records', { takes: Infinity })).broken).toEqual([
      'BLK-2: source-0 stored 250 records at once, and 100 may be held',
    ]);
  });
});

describe('a reader that stores whole blocks of the largest size', () => {
  it('accepts a receiver that takes exactly this size', async () => {
    expect(await reading('blocks')).toEqual({ broken: [], stored: [], blocks: [MAX] });
  });

  it('reports a receiver that takes one record less (BLK-2)', async () => {
    const { broken, blocks } = await reading('blocks', { largest: MAX - 1 });
    expect([broken.length, blocks]).toEqual([1, []]);
    expect(broken[0]).toMatch(/^BLK-2: source-0 obeys back-pressure and was refused/);
  });
});

describe('a block that is not accepted', () => {
  const refusing = async (code: string): Promise<readonly number[]> => {
    const source = new SimSource({
      name: 'source-0',
      plan: { ...FULL, source: 'unacknowledged', stores: 'blocks' },
      random: new SeededRandom('1'),
      coverage: new Coverage(),
      nowMs: () => 0,
      violated: () => undefined,
    });
    source.produced = 70;
    const ending = new AbortController();
    let blocks = 0;
    const context = {
      signal: ending.signal,
      clock: { sleepFor: async () => undefined },
      storeBlock: async () => {
        blocks += 1;
        if (blocks > 1) throw new MillraceError(code, 'refused', { disposition: 'fail-batch' });
      },
      restart: () => ending.abort(),
    } as unknown as ReceiverContext<SimRecord | string>;
    const process = { isAlive: true, step: () => undefined } as unknown as SimProcess;
    const start = new SourceStart(0);
    await new SourceReader(source, { context, process, start, index: 0 }).read(0);
    return start.stored;
  };

  it.each(['MR_RECEIVER_OVERRUN', 'MR_RECEIVER_BLOCK_TOO_LARGE', 'MR_RECEIVER_NOT_RUNNING'])(
    'is not stored, and comes with the next start of a source that sends each record once: %s',
    async (code) => {
      expect(await refusing(code)).toEqual(Array.from({ length: 50 }, (_, number) => number));
    },
  );

  it('may be stored all the same once it was accepted', async () => {
    expect(await refusing('MR_RECEIVER_BLOCK_NOT_STORED')).toHaveLength(70);
  });
});
