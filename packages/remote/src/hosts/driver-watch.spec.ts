import { ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { DriverWatch } from './driver-watch.ts';
import type { DriverBeat } from './host-messages.ts';

function watch() {
  const clock = new ManualClock();
  const over: string[] = [];
  const drivers = new DriverWatch({ clock, silentMs: 15_000, onOver: (reason) => over.push(reason.message) });
  return { clock, drivers, over };
}

function beat(epoch: number, driver: string, hasStopped = false): DriverBeat {
  return { epoch, driver, isRollCall: false, hasStopped };
}

describe('DriverWatch', () => {
  it('serves a driver with its first request, and a later epoch in place of an earlier one', () => {
    const { drivers, over } = watch();
    drivers.admit({ epoch: 3, driver: 'one' });
    drivers.admit({ epoch: 4, driver: 'two' });
    expect([drivers.served?.driver, drivers.epoch]).toEqual(['two', 4]);
    expect(over).toEqual(['a driver of epoch 4 has taken over']);
    expect(() => drivers.admit({ epoch: 3, driver: 'one' })).toThrow(
      expect.objectContaining({ code: 'MR_REMOTE_STALE_DRIVER', details: { epoch: 3, newest: 4 } }),
    );
  });

  it('hears of a later epoch by a beat alone', () => {
    const { drivers, over } = watch();
    drivers.admit({ epoch: 3, driver: 'one' });
    drivers.heard(beat(5, 'two'));
    drivers.heard(beat(4, 'between'));
    expect([drivers.served?.driver, over.length]).toEqual(['two', 1]);
  });

  it('refuses a second driver of the same epoch while the first is heard', async () => {
    const { clock, drivers, over } = watch();
    drivers.admit({ epoch: 1, driver: 'one' });
    expect(() => drivers.admit({ epoch: 1, driver: 'two' })).toThrow(
      expect.objectContaining({ code: 'MR_REMOTE_OTHER_DRIVER' }),
    );
    await clock.advance(15_000);
    expect(over).toEqual(['no sign of life of the driver for 15000 ms']);
    drivers.admit({ epoch: 1, driver: 'two' });
    expect(drivers.served?.driver).toBe('two');
  });

  it('keeps a driver that beats, and lets go of one that has stopped', async () => {
    const { clock, drivers, over } = watch();
    drivers.admit({ epoch: 1, driver: 'one' });
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1_000);
      drivers.heard(beat(1, 'one'));
    }
    expect(over).toEqual([]);
    drivers.heard(beat(1, 'two', true));
    expect(over).toEqual([]);
    drivers.heard(beat(1, 'one', true));
    expect([over, drivers.served]).toEqual([['the driver has stopped'], undefined]);
    expect(clock.pendingTimers).toBe(0);
  });
});
