import { describe, expect, it } from 'vitest';
import { resolveTrackingOptions, TRACKING_DEFAULTS } from './tracking-options.ts';

const invalid = expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' });

describe('resolveTrackingOptions', () => {
  it('fills in the defaults', () => {
    expect(resolveTrackingOptions()).toEqual(TRACKING_DEFAULTS);
    expect(resolveTrackingOptions({ minExecutors: 3 })).toMatchObject({ minExecutors: 3, maxKnownGaps: 64 });
  });

  it('wait for a registration twice as long as the handler may stall', () => {
    expect(resolveTrackingOptions({}, 10_000).registrationTimeoutMs).toBe(20_000);
    expect(resolveTrackingOptions({}, 2_000).registrationTimeoutMs).toBe(10_000);
    expect(resolveTrackingOptions({ registrationTimeoutMs: 500 }, 10_000).registrationTimeoutMs).toBe(500);
  });

  it.each([0, -1, 1.5, Number.POSITIVE_INFINITY])('refuses %s in place of a whole number', (value) => {
    expect(() => resolveTrackingOptions({ registrationTimeoutMs: value })).toThrow(invalid);
  });

  it('refuses a longest delay below the shortest', () => {
    expect(() => resolveTrackingOptions({ minRestartDelayMs: 100_000 })).toThrow(invalid);
  });

  it('refuses an unknown name', () => {
    const misspelt = { minExecutors: 1, minExecutor: 2 };
    expect(() => resolveTrackingOptions(misspelt)).toThrow(invalid);
  });
});
