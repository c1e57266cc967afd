import { ManualClock } from '@millrace/core';
import { coreError } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it, vi } from 'vitest';
import { evenRandom, gate, recordsOf, textOf } from '../../test/receiving-fakes.ts';
import { BlockGenerator } from './block-generator.ts';
import { BlockIds } from './block-ids.ts';
import type { CutBlock } from './cut-block.ts';
import { RateLimiter } from './rate-limiter.ts';
import { type ReceivingOptions, resolveReceivingOptions } from './receiving-options.ts';

type Push = (cut: CutBlock, tries: number) => void | Promise<void>;

/** A started generator of stream 7; `push` may throw or wait, `pushed` holds the blocks that `push` accepted. */
function generatorWith(
  given: Partial<ReceivingOptions> & {
    readonly push?: Push;
    readonly sourceWaits?: boolean;
    readonly keepsLastTokenOnly?: boolean;
  } = {},
) {
  const { push = () => undefined, sourceWaits = false, keepsLastTokenOnly = false, ...chosen } = given;
  const clock = new ManualClock(1_000_000);
  const options = resolveReceivingOptions(chosen);
  const pushed: CutBlock[] = [];
  const tried: string[] = [];
  const failures: Error[] = [];
  const ids = new BlockIds(7, 'att');
  const generator = new BlockGenerator({
    clock,
    random: evenRandom,
    log: new RecordingLogger(),
    options,
    limiter: new RateLimiter({ clock, options }),
    sourceWaits,
    keepsLastTokenOnly,
    nextBlockId: () => ids.next(),
    onPushBlock: async (cut) => {
      tried.push(cut.id);
      await push(cut, tried.filter((id) => id === cut.id).length);
      pushed.push(cut);
    },
    onFailed: (error) => failures.push(error),
  });
  generator.start();
  const records = () => pushed.map(({ block }) => recordsOf(block));
  return { generator, clock, pushed, tried, failures, records };
}

const stopReason = new Error('stopped by the test');
const NOTHING_HELD = { records: 0, bytes: 0, blocks: 0 };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('BlockGenerator', () => {
  it('cuts the new records at every interval', async () => {
    const { generator, clock, pushed, records } = generatorWith();
    generator.store('a');
    generator.store('b');
    await clock.advance(200);
    generator.store('c');
    await clock.advance(200);
    expect(records()).toEqual([['a', 'b'], ['c']]);
    expect(pushed.map(({ id }) => id)).toEqual(['input-7-att-0', 'input-7-att-1']);
  });

  it('repeats no name when the clock is set back', async () => {
    const { generator, clock, pushed } = generatorWith();
    for (let round = 0; round < 3; round += 1) {
      generator.store(round);
      await clock.advance(200);
      await clock.setTime(1_000_000);
      await clock.advance(200);
    }
    await generator.stop(stopReason);
    const names = pushed.map(({ id }) => id);
    expect([names.length, new Set(names).size]).toEqual([3, 3]);
  });

  it('makes no block without records', async () => {
    const { clock, pushed } = generatorWith();
    await clock.advance(10_000);
    expect(pushed).toEqual([]);
  });

  it('cuts at the bound in records before the tick', async () => {
    const { generator, clock, records } = generatorWith({ maxRecordsPerBlock: 3 });
    for (const record of numbers(7)) generator.store(record);
    await clock.advance(0);
    expect(records()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  it('cuts at the bound in bytes before the tick', async () => {
    const { generator, clock, pushed } = generatorWith({ maxBytesPerBlock: 10_000 });
    for (let stored = 0; stored < 300; stored += 1) generator.store('x'.repeat(100));
    await clock.advance(0);
    expect(pushed.map(({ block }) => block.recordCount)).toEqual([100, 100, 100]);
    expect(pushed.map(({ block }) => block.sizeBytes)).toEqual([10_000, 10_000, 10_000]);
  });

  it('detects large records after small ones within one sample', async () => {
    const { generator } = generatorWith({ maxBytesPerBlock: 2 ** 20, maxHeldBytes: 4 * 2 ** 20 });
    for (let stored = 0; stored < 10_000; stored += 1) generator.store({ text: 'small' });
    const large = { text: 'x'.repeat(2 ** 18) };
    let taken = 0;
    while (generator.store(large)) taken += 1;
    expect(taken).toBeLessThan(128 + 8);
    expect(generator.held.bytes).toBeGreaterThan(taken * 2 ** 18);
  });

  it('counts the bytes that a receiver gives, and measures when they reach a bound', async () => {
    const { generator, clock, pushed } = generatorWith({ maxBytesPerBlock: 1_000_000 });
    for (let stored = 0; stored < 1_000; stored += 1) generator.store({ id: stored }, undefined, 100);
    for (let stored = 0; stored < 5; stored += 1) generator.store({ id: stored }, undefined, 500_000);
    await clock.advance(200);
    expect(pushed.map(({ block }) => block.sizeBytes)).toEqual([1_100_000, 1_000_000, 500_000]);
  });

  it('asks to wait at once when one record of known size reaches the bound', () => {
    const { generator } = generatorWith({ maxBytesPerBlock: 2 ** 20, maxHeldBytes: 4 * 2 ** 20 });
    for (let stored = 0; stored < 5_000; stored += 1) expect(generator.store({ id: stored })).toBe(true);
    expect(generator.store({ id: 0 }, undefined, 3 * 2 ** 20)).toBe(false);
    expect(generator.held.bytes).toBeGreaterThan(3 * 2 ** 20);
  });

  it('asks to wait at once when one text reaches the bound', () => {
    const { generator } = generatorWith({ maxBytesPerBlock: 2 ** 20, maxHeldBytes: 4 * 2 ** 20 });
    for (let stored = 0; stored < 5_000; stored += 1) expect(generator.store('small')).toBe(true);
    expect(generator.store('x'.repeat(3 * 2 ** 20))).toBe(false);
  });

  it('keeps every record once and in order over chunks and blocks (BLK-1)', async () => {
    const { generator, clock, records } = generatorWith({ maxRecordsPerBlock: 5_000 });
    for (const record of numbers(20_000)) {
      if (!generator.store(record)) await clock.advance(0);
    }
    await clock.advance(200);
    expect(records().flat()).toEqual(numbers(20_000));
  });

  it('passes the tokens on with the block of their records', async () => {
    const { generator, clock, pushed } = generatorWith({ maxRecordsPerBlock: 2 });
    generator.store('a', 1);
    generator.store('b');
    generator.store('c', 3);
    await clock.advance(200);
    expect(pushed.map(({ tokens }) => tokens)).toEqual([[1], [3]]);
  });

  it('keeps the last token of each block alone for a source that expects no acknowledgement', async () => {
    const { generator, clock, pushed } = generatorWith({ maxRecordsPerBlock: 3, keepsLastTokenOnly: true });
    generator.store('a', 1);
    generator.store('b', 2);
    expect(generator.tokens).toBe(1);
    generator.store('c');
    generator.store('d', 4);
    generator.store('e', 5);
    await clock.advance(200);
    expect(pushed.map(({ tokens }) => tokens)).toEqual([[2], [5]]);
  });

  it('keeps lines as bytes, and cuts when the kind changes', async () => {
    const { generator, clock, pushed, records } = generatorWith();
    generator.store('record');
    generator.storeText(textOf('one', 'two'), 2, 'token');
    generator.storeText(textOf('three'), 1);
    generator.store('again');
    await clock.advance(200);
    expect(records()).toEqual([['record'], ['one', 'two', 'three'], ['again']]);
    expect(pushed.map(({ block }) => block.kind)).toEqual(['records', 'text', 'records']);
    expect(pushed[1]).toMatchObject({ block: { recordCount: 3, sizeBytes: 14 }, tokens: ['token'] });
  });

  it.each<[string, string, number]>([
    ['a line without its end', 'one\ntwo', 2],
    ['no line at all', '', 1],
    ['more lines than bytes', '\n\n', 3],
  ])('refuses %s as text, and continues', async (_what, text, lineCount) => {
    const { generator, clock, records } = generatorWith();
    expect(() => generator.storeText(new TextEncoder().encode(text), lineCount)).toThrow(TypeError);
    generator.storeText(textOf('next'), 1);
    await clock.advance(200);
    expect(records()).toEqual([['next']]);
  });

  it.each([1, 4])('has the lines of the bytes when their number is given as %i', async (lineCount) => {
    const { generator, clock, records } = generatorWith();
    generator.storeText(textOf('one', 'two'), lineCount);
    generator.storeText(textOf('three'), 1);
    await clock.advance(200);
    expect(records()).toEqual([['one', 'two', 'three']]);
  });

  it('copies a block with few records out of its chunk', async () => {
    const { generator, clock, pushed } = generatorWith();
    generator.store('a');
    await clock.advance(200);
    const [{ block }] = pushed as [CutBlock];
    expect(block.kind === 'records' && block.chunks[0]?.records).toEqual(['a']);
  });

  it('stores nothing before start and after stop', async () => {
    const { generator } = generatorWith();
    await generator.stop(stopReason);
    expect(() => generator.store('late')).toThrow(
      expect.objectContaining({ code: 'MR_RECEIVER_NOT_RUNNING' }),
    );
    await expect(generator.ready()).rejects.toMatchObject({ code: 'MR_RECEIVER_NOT_RUNNING' });
    expect(() => generator.start()).toThrow(TypeError);
  });
});

describe('BlockGenerator of a source that waits', () => {
  const waits = (given: Parameters<typeof generatorWith>[0] = {}) =>
    generatorWith({ sourceWaits: true, ...given });

  it('cuts at the end of the turn, without the time of an interval', async () => {
    const { generator, clock, pushed, records } = waits();
    generator.store('a', 1);
    generator.store('b', 2);
    expect(pushed).toEqual([]);
    await clock.advance(0);
    generator.storeText(textOf('c'), 1, 3);
    await clock.advance(0);
    expect(records()).toEqual([['a', 'b'], ['c']]);
    expect(pushed.map(({ tokens }) => tokens)).toEqual([[1, 2], [3]]);
  });

  it('collects records during a push, and cuts when the push ends', async () => {
    const held = [gate(), gate(), gate()];
    const { generator, clock, records, tried } = waits({ push: () => held[tried.length - 1]?.promise });
    generator.store('a', 1);
    await clock.advance(0);
    generator.store('b', 2);
    await clock.advance(0);
    generator.store('c', 3);
    await clock.advance(0);
    expect([records(), tried.length]).toEqual([[], 1]);
    held[0]?.resolve();
    await clock.advance(0);
    expect([records(), tried.length]).toEqual([[['a']], 2]);
    held[1]?.resolve();
    await clock.advance(0);
    expect([records(), tried.length]).toEqual([[['a'], ['b', 'c']], 2]);
  });

  it('cuts at the interval during a push', async () => {
    const held = gate();
    const { generator, clock, records } = waits({ push: () => held.promise });
    generator.store('a', 1);
    await clock.advance(0);
    generator.store('b', 2);
    await clock.advance(200);
    generator.store('c', 3);
    expect(generator.held).toMatchObject({ blocks: 2, records: 3 });
    held.resolve();
    await clock.advance(0);
    expect(records()).toEqual([['a'], ['b'], ['c']]);
  });

  it('keeps records without a token until the interval, and cuts them with the first token', async () => {
    const { generator, clock, records } = waits();
    generator.store('a');
    await clock.advance(0);
    generator.store('b');
    await clock.advance(150);
    expect(records()).toEqual([]);
    generator.store('c', 1);
    generator.store('d');
    await clock.advance(0);
    generator.store('e');
    await clock.advance(50);
    expect(records()).toEqual([['a', 'b', 'c', 'd'], ['e']]);
  });

  it('cuts a record of a token that came with no more room', async () => {
    const { generator, clock, records } = waits({ maxRate: 20, rateBurstMs: 100 });
    expect([generator.store('a', 1), generator.store('b', 2)]).toEqual([true, false]);
    await clock.advance(0);
    expect(records()).toEqual([['a', 'b']]);
  });

  it('waits for its interval while it is crowded', async () => {
    const { generator, clock, records } = waits();
    generator.isCrowded = true;
    generator.store('a', 1);
    await clock.advance(100);
    expect(records()).toEqual([]);
    await clock.advance(100);
    expect(records()).toEqual([['a']]);
  });

  it('keeps the order of whole blocks and single records (BLK-1)', async () => {
    const held = gate();
    const { generator, clock, records } = waits({ push: () => held.promise });
    generator.store('a', 1);
    const whole = generator.storeBlock(blockOf(['b']));
    generator.store('c', 2);
    await clock.advance(0);
    held.resolve();
    await whole;
    await clock.advance(0);
    expect(records()).toEqual([['a'], ['b'], ['c']]);
  });

  it('marks the blocks of one interval as one partition, up to the bounds of a block', async () => {
    const { generator, clock, pushed } = waits({ maxRecordsPerBlock: 3 });
    const storeEach = async (...records: string[]) => {
      for (const record of records) {
        generator.store(record, record);
        await clock.advance(0);
      }
    };
    await storeEach('a', 'b');
    await clock.advance(200);
    await storeEach('c', 'd', 'e', 'f');
    await generator.storeBlock(blockOf(['g']));
    await storeEach('h', 'i');
    const begins = pushed.filter(({ continues }) => !continues).map(({ tokens: [first = 'whole'] }) => first);
    expect([pushed.length, begins]).toEqual([9, ['a', 'c', 'f', 'whole', 'h']]);
  });

  it('leaves the last records to a stop', async () => {
    const { generator, clock, records } = waits();
    generator.store('a', 1);
    expect(await generator.stop(stopReason)).toEqual({ recordsLeft: 0 });
    expect([records(), clock.pendingTimers]).toEqual([[['a']], 0]);
  });
});

describe('BlockGenerator at rest', () => {
  it.each([true, false])('has no timer without records (source that waits: %s)', async (sourceWaits) => {
    const { generator, clock, records } = generatorWith({ sourceWaits });
    expect(clock.pendingTimers).toBe(0);
    generator.store('a', 1);
    await clock.advance(200);
    expect([records(), clock.pendingTimers]).toEqual([[['a']], 0]);
    await clock.advance(50);
    generator.store('b', 2);
    await clock.advance(150);
    expect([records(), clock.pendingTimers]).toEqual([[['a'], ['b']], 0]);
  });

  it('reads no clock in store', async () => {
    const { generator, clock, records } = generatorWith({ sourceWaits: true });
    const readings = [vi.spyOn(clock, 'now'), vi.spyOn(clock, 'monotonicMs')];
    generator.store('a', 1);
    generator.storeText(textOf('b'), 1, 2);
    expect(readings.map((reading) => reading.mock.calls.length)).toEqual([0, 0]);
    await clock.advance(200);
    expect(records()).toEqual([['a'], ['b']]);
  });
});

describe('BlockGenerator under load', () => {
  it('returns false while the queue is full, and accepts the record (BLK-2)', async () => {
    const held = gate();
    const { generator, clock, records } = generatorWith({
      maxRecordsPerBlock: 1,
      blockQueueSize: 2,
      push: () => held.promise,
    });
    expect([generator.store('a'), generator.store('b')]).toEqual([true, false]);
    let isReady = false;
    const ready = generator.ready().then(() => (isReady = true));
    await clock.advance(1_000);
    expect(isReady).toBe(false);
    held.resolve();
    await ready;
    generator.store('c');
    await clock.advance(200);
    expect(records()).toEqual([['a'], ['b'], ['c']]);
  });

  it('cuts later when a tick found the queue full', async () => {
    const held = gate();
    const { generator, clock, records } = generatorWith({ blockQueueSize: 1, push: () => held.promise });
    generator.store('a');
    await clock.advance(200);
    generator.store('b');
    await clock.advance(1_000);
    generator.store('c');
    expect(generator.held.blocks).toBe(1);
    held.resolve();
    await clock.advance(0);
    expect(records()).toEqual([['a'], ['b', 'c']]);
  });

  it('returns to the interval after a late cut', async () => {
    const held = gate();
    const { generator, clock, records } = generatorWith({ blockQueueSize: 1, push: () => held.promise });
    generator.store('a');
    await clock.advance(200);
    generator.store('b');
    await clock.advance(200);
    held.resolve();
    await clock.advance(0);
    for (const record of ['c', 'd', 'e']) {
      generator.store(record);
      await clock.advance(60);
    }
    await clock.advance(20);
    // Lines are measured with each call, single records only now and then.
    for (const line of ['f', 'g', 'h']) {
      generator.storeText(textOf(line), 1);
      await clock.advance(60);
    }
    await clock.advance(20);
    expect(records()).toEqual([['a'], ['b'], ['c', 'd', 'e'], ['f', 'g', 'h']]);
  });

  it('throws at the hard bound in records and accepts no more (BLK-2)', async () => {
    const bounds = { maxRecordsPerBlock: 10, maxHeldRecords: 40, blockQueueSize: 100 };
    const { generator, clock } = generatorWith({ ...bounds, push: () => gate().promise });
    const answers = numbers(40).map((record) => generator.store(record));
    expect(answers.indexOf(false)).toBe(19);
    expect(() => generator.store(40)).toThrow(expect.objectContaining({ code: 'MR_RECEIVER_OVERRUN' }));
    await clock.advance(1_000);
    expect(generator.held.records).toBe(40);
  });

  it('throws when the records accepted after false reach the hard bound', async () => {
    const { generator, clock } = generatorWith({ maxRate: 1, maxRecordsPerBlock: 10, maxHeldRecords: 40 });
    generator.store('the one that is allowed');
    for (const record of numbers(40)) {
      expect(generator.store(record)).toBe(false);
      await clock.advance(0);
    }
    expect(generator.held.records).toBeLessThan(10);
    expect(() => generator.store(40)).toThrow(expect.objectContaining({ code: 'MR_RECEIVER_OVERRUN' }));
  });

  it('tolerates a source that always has a few more records in flight', async () => {
    const { generator, clock, records } = generatorWith({
      maxRate: 1_000,
      maxRecordsPerBlock: 10,
      maxHeldRecords: 40,
    });
    for (let round = 0; round < 20; round += 1) {
      while (generator.store('x'));
      for (let more = 0; more < 5; more += 1) generator.store('more');
      await clock.advance(200);
    }
    expect(
      records()
        .flat()
        .filter((record) => record === 'more').length,
    ).toBe(100);
  });

  it('throws at the hard bound in bytes, for any size of records (BLK-2)', () => {
    const bounds = { maxBytesPerBlock: 1_000, maxHeldBytes: 10_000, blockQueueSize: 100 };
    const { generator } = generatorWith({ ...bounds, push: () => gate().promise });
    const storeOn = () => {
      for (;;) generator.store('x'.repeat(500));
    };
    expect(storeOn).toThrow(expect.objectContaining({ code: 'MR_RECEIVER_OVERRUN' }));
    expect(generator.held.bytes).toBe(10_000);
  });

  it('does not queue alternating kinds without a bound', () => {
    const { generator } = generatorWith({ blockQueueSize: 5, push: () => gate().promise });
    const storeOn = () => {
      for (;;) {
        generator.store('record');
        generator.storeText(textOf('line'), 1);
      }
    };
    expect(storeOn).toThrow(expect.objectContaining({ code: 'MR_RECEIVER_OVERRUN' }));
    expect(generator.held.blocks).toBe(10);
  });

  it('limits all ways of storing by one rate', async () => {
    const { generator, clock, records } = generatorWith({ maxRate: 100, rateBurstMs: 100 });
    const answers = numbers(10).map((record) => generator.store(record));
    expect(answers.indexOf(false)).toBe(9);
    const whole = generator.storeBlock(blockOf(['w']));
    generator.storeText(textOf('line'), 1);
    await clock.advance(10);
    expect(records().flat()).not.toContain('w');
    await clock.advance(1_000);
    await whole;
    expect(records().flat()).toEqual([...numbers(10), 'w', 'line']);
  });

  it('counts whole blocks towards the rate', async () => {
    const { generator, clock } = generatorWith({ maxRate: 100 });
    await generator.storeBlock(blockOf(numbers(50)));
    await clock.advance(380);
    expect(generator.store('x')).toBe(false);
    await clock.advance(60);
    expect(generator.store('y')).toBe(true);
  });

  it('never stores more than the rate over a longer time', async () => {
    const { generator, clock } = generatorWith({ maxRate: 1_000, rateBurstMs: 100 });
    let stored = 0;
    const receiver = (async () => {
      for (;;) {
        stored += 1;
        if (!generator.store(stored)) await generator.ready();
      }
    })();
    await clock.advance(10_000);
    expect(stored).toBeGreaterThan(9_900);
    expect(stored).toBeLessThanOrEqual(10_000 + 100 + 20);
    await generator.stop(stopReason);
    await expect(receiver).rejects.toBe(stopReason);
  });
});

describe('BlockGenerator.storeBlock', () => {
  it('stores a block of its own after everything before it', async () => {
    const { generator, pushed, records } = generatorWith();
    generator.store('before');
    await generator.storeBlock(blockOf(['x', 'y']), { offset: 3 });
    expect(records()).toEqual([['before'], ['x', 'y']]);
    expect(pushed[1]?.metadata).toEqual({ offset: 3 });
  });

  it('waits for room, in the order of the calls, and keeps later records after it (BLK-1)', async () => {
    const held = gate();
    const { generator, clock, records } = generatorWith({ blockQueueSize: 1, push: () => held.promise });
    const first = generator.storeBlock(blockOf(['1']));
    const second = generator.storeBlock(blockOf(['2']));
    expect(generator.store('3')).toBe(false);
    held.resolve();
    await Promise.all([first, second]);
    await clock.advance(200);
    expect(records().flat()).toEqual(['1', '2', '3']);
  });

  it('lets no record pass a large block that waits for room', async () => {
    const { generator, clock, records } = generatorWith({ maxRecordsPerBlock: 10, maxHeldRecords: 20 });
    for (const record of numbers(4)) generator.store(record);
    const whole = generator.storeBlock(blockOf(numbers(17)));
    expect(generator.store('after')).toBe(false);
    await clock.advance(200);
    await whole;
    expect(records()).toEqual([numbers(4), numbers(17), ['after']]);
  });

  it('keeps the order of all calls, with positions, for any waiting (BLK-1, REC-2)', async () => {
    const held = gate();
    const { generator, clock, pushed, records } = generatorWith({
      blockQueueSize: 4,
      push: () => held.promise,
    });
    generator.store(1, 1);
    await clock.advance(200);
    for (const extra of [0.1, 0.2, 0.3]) void generator.storeBlock(blockOf([extra]), { position: extra });
    const blocks = [
      generator.storeBlock(blockOf([2, 3]), { position: 3 }),
      generator.storeBlock(blockOf([4, 5]), { position: 5 }),
    ];
    generator.store(6, 6);
    generator.storeText(textOf('7'), 1, 7);
    blocks.push(generator.storeBlock(blockOf([8]), { position: 8 }));
    generator.store(9, 9);
    await clock.advance(1_000);
    held.resolve();
    await clock.advance(1_000);
    await Promise.all(blocks);
    expect(records().flat()).toEqual([1, 0.1, 0.2, 0.3, 2, 3, 4, 5, 6, '7', 8, 9]);
    expect(pushed.map(({ tokens, metadata }) => metadata ?? tokens).toSpliced(1, 3)).toEqual([
      [1],
      { position: 3 },
      { position: 5 },
      [6],
      [7],
      { position: 8 },
      [9],
    ]);
    expect([generator.held, generator.waiting]).toEqual([NOTHING_HELD, NOTHING_HELD]);
  });

  it('needs room for a block only beside the records before it', async () => {
    const { generator, clock, records } = generatorWith({
      maxRate: 10,
      rateBurstMs: 1_000,
      maxRecordsPerBlock: 4,
      maxHeldRecords: 20,
    });
    for (const record of numbers(10)) generator.store(record);
    await clock.advance(0);
    const whole = generator.storeBlock(blockOf(numbers(17)));
    for (let more = 0; more < 15; more += 1) expect(generator.store(more)).toBe(false);
    await clock.advance(60_000);
    await whole;
    expect(records().flat()).toEqual([...numbers(10), ...numbers(17), ...numbers(15)]);
  });

  it('releases the bytes of blocks that waited', async () => {
    const { generator, clock } = generatorWith({
      maxBytesPerBlock: 1_000,
      maxHeldBytes: 4_000,
      blockQueueSize: 1,
      push: () => clock.sleepUntil(clock.now() + 1),
    });
    for (let round = 0; round < 10; round += 1) {
      const waiting = [0, 1, 2].map(() => generator.storeBlock(blockOf(numbers(100))));
      await clock.advance(1_000);
      await Promise.all(waiting);
    }
    expect([generator.held, generator.waiting]).toEqual([NOTHING_HELD, NOTHING_HELD]);
  });

  it('refuses a block that never fits', async () => {
    const { generator } = generatorWith({ maxRecordsPerBlock: 1, maxHeldRecords: 2 });
    await expect(generator.storeBlock(blockOf(['a', 'b', 'c']))).rejects.toMatchObject({
      code: 'MR_RECEIVER_BLOCK_TOO_LARGE',
    });
  });

  it('lets blocks wait only up to the hard bound (BLK-2)', async () => {
    const bounds = { maxRecordsPerBlock: 1, maxHeldRecords: 2, blockQueueSize: 1 };
    const { generator } = generatorWith({ ...bounds, push: () => gate().promise });
    void generator.storeBlock(blockOf(['pushing']));
    void generator.storeBlock(blockOf(['a', 'b']));
    await expect(generator.storeBlock(blockOf(['c']))).rejects.toMatchObject({ code: 'MR_RECEIVER_OVERRUN' });
  });
});

describe('BlockGenerator and failing pushes', () => {
  it('tries again with growing delays, in order, and the loop continues', async () => {
    const { generator, clock, tried, records } = generatorWith({
      maxRecordsPerBlock: 1,
      push: (cut, tries) => {
        if (cut.id.endsWith('-0') && tries < 4) throw new Error('disk on holiday');
      },
    });
    generator.store('a');
    generator.store('b');
    await clock.advance(0);
    expect(tried).toEqual(['input-7-att-0']);
    await clock.advance(75 + 150 + 300);
    expect(tried).toEqual([...Array<string>(4).fill('input-7-att-0'), 'input-7-att-1']);
    expect(records()).toEqual([['a'], ['b']]);
  });

  it('reports failure after the last attempt and pushes no later block', async () => {
    const { generator, clock, failures, tried } = generatorWith({
      maxRecordsPerBlock: 1,
      pushAttempts: 2,
      push: () => Promise.reject(new Error('broken')),
    });
    generator.store('a');
    generator.store('b');
    await clock.advance(60_000);
    expect(tried).toEqual(['input-7-att-0', 'input-7-att-0']);
    expect(failures).toMatchObject([{ code: 'MR_RECEIVER_STORE_FAILED', cause: { message: 'broken' } }]);
    expect(() => generator.store('c')).toThrow(expect.objectContaining({ code: 'MR_RECEIVER_NOT_RUNNING' }));
    expect(await generator.stop(stopReason)).toEqual({ recordsLeft: 2 });
  });

  it('does not retry an error that no retry can repair', async () => {
    const { generator, clock, failures, tried } = generatorWith({
      push: () => Promise.reject(coreError('MR_STORAGE_DENIED', 'read-only')),
    });
    generator.store('a');
    await clock.advance(200);
    expect([tried.length, failures.length]).toEqual([1, 1]);
  });

  it('waits for room as long as needed, and slows the source down', async () => {
    let isFull = true;
    const { generator, clock, failures, records } = generatorWith({
      maxRecordsPerBlock: 1,
      blockQueueSize: 2,
      pushAttempts: 1,
      push: () => {
        if (isFull) throw coreError('MR_BLOCK_STORE_FULL', 'full');
      },
    });
    generator.store('a');
    expect(generator.store('b')).toBe(false);
    await clock.advance(3_600_000);
    expect([failures.length, generator.held.blocks]).toEqual([0, 2]);
    isFull = false;
    await clock.advance(5_000);
    expect(records()).toEqual([['a'], ['b']]);
  });

  it('settles whole blocks that are not stored', async () => {
    const { generator, clock } = generatorWith({
      pushAttempts: 1,
      push: () => Promise.reject(new Error('no')),
    });
    const outcome = Promise.allSettled([
      generator.storeBlock(blockOf(['a'])),
      generator.storeBlock(blockOf(['b'])),
    ]);
    await clock.advance(0);
    expect(await outcome).toMatchObject([
      { status: 'rejected', reason: { code: 'MR_RECEIVER_BLOCK_NOT_STORED' } },
      { status: 'rejected', reason: { code: 'MR_RECEIVER_BLOCK_NOT_STORED' } },
    ]);
  });
});

describe('BlockGenerator.stop', () => {
  it('cuts the last block and pushes everything (REC-4)', async () => {
    const { generator, clock, records } = generatorWith({ maxRecordsPerBlock: 2 });
    for (const record of numbers(5)) generator.store(record);
    expect(await generator.stop(stopReason)).toEqual({ recordsLeft: 0 });
    expect(records()).toEqual([[0, 1], [2, 3], [4]]);
    expect([generator.state, clock.pendingTimers]).toEqual(['StoppedAll', 0]);
  });

  it('passes through its states', async () => {
    const held = gate();
    const { generator } = generatorWith({ push: () => held.promise });
    generator.store('a');
    const stopped = generator.stop(stopReason);
    expect(generator.state).toBe('StoppedGeneratingBlocks');
    held.resolve();
    await stopped;
    expect(generator.state).toBe('StoppedAll');
  });

  it('ends by its deadline while a push hangs, and counts the records left (STP-1)', async () => {
    const hanging = gate();
    const { generator, clock, tried } = generatorWith({ maxRecordsPerBlock: 3, push: () => hanging.promise });
    for (const record of numbers(10)) generator.store(record);
    let left: unknown;
    void generator.stop(stopReason, 5_000).then((stopped) => (left = stopped));
    await clock.advance(4_999);
    expect(left).toBeUndefined();
    await clock.advance(1);
    expect(left).toEqual({ recordsLeft: 10 });
    hanging.resolve();
    await clock.advance(0);
    expect([generator.held.records, tried.length]).toEqual([10, 1]);
    expect([generator.state, clock.pendingTimers]).toEqual(['StoppedAll', 0]);
  });

  it('ends by its deadline while pushes fail', async () => {
    const { generator, clock, pushed } = generatorWith({
      push: () => Promise.reject(coreError('MR_BLOCK_STORE_FULL', 'full')),
    });
    generator.store('a');
    const stopped = generator.stop(stopReason, 5_000);
    await clock.advance(5_000);
    expect(await stopped).toEqual({ recordsLeft: 1 });
    await clock.advance(60_000);
    expect(pushed).toEqual([]);
  });

  it('does not wait for the interval of its timer', async () => {
    const { generator, clock, records } = generatorWith({ blockIntervalMs: 3_600_000 });
    generator.store('a');
    await generator.stop(stopReason);
    expect([records(), clock.now()]).toEqual([[['a']], 1_000_000]);
  });

  it('rejects callers that await room with its reason', async () => {
    const { generator, clock } = generatorWith({ blockQueueSize: 1, push: () => gate().promise });
    generator.store('a');
    await clock.advance(200);
    const waiting = generator.ready();
    void generator.stop(stopReason);
    await expect(waiting).rejects.toBe(stopReason);
  });

  it('pushes the waiting blocks, and the records stored after them, in order (REC-4)', async () => {
    const held = gate();
    const { generator, clock, records } = generatorWith({ blockQueueSize: 1, push: () => held.promise });
    generator.store('a');
    await clock.advance(200);
    const whole = generator.storeBlock(blockOf(['b']));
    generator.store('c');
    const stopped = generator.stop(stopReason);
    held.resolve();
    expect(await stopped).toEqual({ recordsLeft: 0 });
    await whole;
    expect(records()).toEqual([['a'], ['b'], ['c']]);
  });

  it('counts the waiting blocks when it gives up (STP-1)', async () => {
    const { generator, clock } = generatorWith({ blockQueueSize: 1, push: () => gate().promise });
    generator.store('a');
    await clock.advance(200);
    const whole = generator.storeBlock(blockOf(['b', 'c']));
    generator.store('d');
    const stopped = generator.stop(stopReason);
    generator.giveUp();
    expect(await stopped).toEqual({ recordsLeft: 4 });
    await expect(whole).rejects.toMatchObject({ code: 'MR_RECEIVER_BLOCK_NOT_STORED' });
  });

  it('ends at once without a start', async () => {
    const clock = new ManualClock();
    const options = resolveReceivingOptions();
    const generator = new BlockGenerator({
      clock,
      random: evenRandom,
      log: new RecordingLogger(),
      options,
      limiter: new RateLimiter({ clock, options }),
      sourceWaits: false,
      nextBlockId: () => 'unused',
      onPushBlock: () => Promise.resolve(),
      onFailed: () => undefined,
    });
    expect(() => generator.store('early')).toThrow(
      expect.objectContaining({ code: 'MR_RECEIVER_NOT_RUNNING' }),
    );
    expect(await generator.stop(stopReason)).toEqual({ recordsLeft: 0 });
    expect(generator.state).toBe('StoppedAll');
  });
});

function blockOf(records: readonly unknown[]) {
  return {
    kind: 'records' as const,
    chunks: [{ records, length: records.length }],
    recordCount: records.length,
    sizeBytes: 8 * records.length,
  };
}
