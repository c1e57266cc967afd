import { ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { SpeculativeStage, type AttemptOptions } from './speculation.ts';

/** A stage with scripted durations of attempts, on executors named after the attempts. */
function setUp(msOf: (partition: number, isCopy: boolean) => number | Error) {
  const clock = new ManualClock();
  const copies: { readonly partition: number; readonly avoided: readonly string[]; readonly atMs: number }[] =
    [];
  const aborted: string[] = [];
  const run = async (partition: number, { avoided, onPlaced, signal }: AttemptOptions) => {
    const isCopy = avoided.length > 0;
    const name = `${partition}${isCopy ? '+' : ''}`;
    if (isCopy) copies.push({ partition, avoided, atMs: clock.now() });
    signal.addEventListener('abort', () => aborted.push(name));
    onPlaced(`executor-${partition}`);
    const ms = msOf(partition, isCopy);
    if (ms instanceof Error) throw ms;
    await clock.sleepFor(ms);
    return name;
  };
  return { clock, copies, aborted, stage: new SpeculativeStage<string>(clock, run) };
}

const four = [0, 1, 2, 3];

describe('SpeculativeStage', () => {
  it('copies nothing when all tasks take about as long', async () => {
    const { clock, copies, stage } = setUp((partition) => 1_000 + partition * 100);
    const answers = stage.all(four);
    await clock.advance(2_000);
    expect(await answers).toEqual(['0', '1', '2', '3']);
    expect(copies).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('runs a slow task elsewhere as well, and takes the first answer', async () => {
    const { clock, copies, aborted, stage } = setUp((partition, isCopy) =>
      partition === 3 && !isCopy ? 60_000 : 1_000,
    );
    const answers = stage.all(four);
    await clock.advance(2_500);
    expect(await answers).toEqual(['0', '1', '2', '3+']);
    expect(copies).toEqual([{ partition: 3, avoided: ['executor-3'], atMs: 1_500 }]);
    expect(aborted).toContain('3');
  });

  it('takes the first attempt when that answers sooner', async () => {
    const { clock, stage } = setUp((partition, isCopy) =>
      partition === 3 ? (isCopy ? 9_000 : 2_000) : 1_000,
    );
    const answers = stage.all(four);
    await clock.advance(2_000);
    expect(await answers).toEqual(['0', '1', '2', '3']);
  });

  it('fails with the first attempt, unless a copy answers', async () => {
    const failing = setUp((partition) => (partition === 3 ? new Error('no') : 1_000));
    await expect(failing.stage.all(four)).rejects.toThrow('no');
    const copied = setUp((partition, isCopy) => {
      if (isCopy) return new Error('the copy fails');
      return partition === 3 ? 5_000 : 1_000;
    });
    const answers = copied.stage.all(four);
    await copied.clock.advance(5_000);
    expect(await answers).toEqual(['0', '1', '2', '3']);
    expect(copied.copies).toHaveLength(1);
  });
});
