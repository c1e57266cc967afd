import { describe, expect, it } from 'vitest';
import {
  DEFAULT_RECEIVING_OPTIONS,
  heldBytesFor,
  type ReceivingOptions,
  resolveReceivingOptions,
} from './receiving-options.ts';

describe('resolveReceivingOptions', () => {
  it('fills in consistent defaults', () => {
    expect(resolveReceivingOptions()).toEqual(DEFAULT_RECEIVING_OPTIONS);
    expect(resolveReceivingOptions({ blockIntervalMs: 1 })).toEqual({
      ...DEFAULT_RECEIVING_OPTIONS,
      blockIntervalMs: 1,
    });
  });

  it('bound the buffer by the size of the heap, where the heap is small', () => {
    const MIB = 2 ** 20;
    const [block, large] = [16 * MIB, 64 * MIB];
    expect(heldBytesFor(4_096 * MIB, block)).toBe(256 * MIB);
    expect(heldBytesFor(1_024 * MIB, block)).toBe(64 * MIB);
    expect(heldBytesFor(128 * MIB, block)).toBe(32 * MIB);
    expect(heldBytesFor(1_024 * MIB, large)).toBe(128 * MIB);
    expect(resolveReceivingOptions({ maxBytesPerBlock: 200 * MIB }).maxHeldBytes).toBe(400 * MIB);
  });

  it('has room for the blocks of a stall of the handler, unless the program says how many', () => {
    const sizeOf = (given: Partial<ReceivingOptions>, stallMs: number) =>
      resolveReceivingOptions(given, stallMs).blockQueueSize;
    expect(sizeOf({}, 10_000)).toBe(54);
    expect(sizeOf({ blockIntervalMs: 1_000 }, 10_000)).toBe(14);
    expect(sizeOf({ blockIntervalMs: 300 }, 10_000)).toBe(38);
    expect(sizeOf({}, 500)).toBe(10);
    expect(sizeOf({ blockQueueSize: 3 }, 10_000)).toBe(3);
  });

  const wrong: readonly [string, Record<string, unknown>][] = [
    ['an interval of 0', { blockIntervalMs: 0 }],
    ['a fraction of a record', { maxRecordsPerBlock: 1.5 }],
    ['text', { blockQueueSize: '10' }],
    ['a negative rate', { maxRate: -1 }],
    ['a rate that is not a number', { maxRate: Number.NaN }],
    ['an unknown name', { blockIntervall: 5 }],
    ['a held bound below two blocks', { maxHeldRecords: 100, maxRecordsPerBlock: 51 }],
    ['a burst shorter than a tick', { rateBurstMs: 10 }],
    ['a longest delay below the first', { restartDelayMaxMs: 10 }],
  ];

  it.each(wrong)('refuses %s', (_what, options) => {
    const resolve = () => resolveReceivingOptions(options as Partial<ReceivingOptions>);
    expect(resolve).toThrow(expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }));
  });

  it('accepts a rate of 0 for none, and fractions of a record per second', () => {
    expect(resolveReceivingOptions({ maxRate: 0, maxBytesPerSecond: 0.5 })).toMatchObject({ maxRate: 0 });
  });
});
