// Processes that stand still, and machines whose wall clocks differ.
import { SeededRandom } from '@millrace/core';
import { expect, it } from 'vitest';
import { SimClock } from '../../src/sim-clock.ts';

const world = () => {
  const clock = new SimClock(new SeededRandom('1'), 1_000);
  return { clock, owner: { isAlive: true }, other: { isAlive: true } };
};

it('holds the calls of an owner, and makes them up in order', async () => {
  const { clock, owner, other } = world();
  const calls: string[] = [];
  const note = (what: string) => () => void calls.push(`${what} at ${clock.nowMs}`);
  clock.after(owner, 10, note('first'));
  clock.after(owner, 20, note('second'));
  clock.after(other, 15, note('other'));
  clock.hold(owner, 1_100);
  clock.after(owner, 5, note('during'));
  clock.after(owner, 200, note('later'));
  expect(clock.isHeld(owner)).toBe(true);
  await clock.pass(300);
  expect(clock.isHeld(owner)).toBe(false);
  expect(calls).toEqual([
    'other at 1015',
    'first at 1100',
    'second at 1100',
    'during at 1100',
    'later at 1200',
  ]);
});

it('calls at the wall time of the machine of each owner', async () => {
  const { clock, owner, other } = world();
  const calls: string[] = [];
  clock.setAhead(owner, 300);
  expect([clock.of(owner).now(), clock.of(other).now(), clock.of(owner).monotonicMs()]).toEqual([
    1_300, 1_000, 1_000,
  ]);
  clock.schedule(owner, 1_500, () => void calls.push(`ahead at ${clock.nowMs}`));
  clock.schedule(other, 1_500, () => void calls.push(`other at ${clock.nowMs}`));
  clock.setAhead(owner, 100);
  await clock.pass(1_000);
  expect(calls).toEqual(['ahead at 1400', 'other at 1500']);
});
