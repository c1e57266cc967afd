import { SeededRandom } from '@millrace/core';
import { expect, it } from 'vitest';
import { SimClock } from '../src/sim-clock.ts';

it('remembers the latest wall time over steps back and forth', async () => {
  const clock = new SimClock(new SeededRandom('1'), 1_000);
  expect(clock.latestWallMs).toBe(1_000);
  clock.shiftWall(400);
  await clock.pass(100);
  clock.shiftWall(-3_000);
  clock.shiftWall(1_000);
  expect([clock.wallMs, clock.latestWallMs]).toEqual([-500, 1_500]);
  clock.shiftWall(5_000);
  expect(clock.latestWallMs).toBe(4_500);
});
