import { coreError, ManualClock, type MillraceError } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { ExecutorLife } from './executor-life.ts';
import { ExecutorSlot } from './executor-slot.ts';
import { remoteError } from './remote-errors.ts';
import { remoteOptions } from '../test/remote-options.ts';

const DELAY_MS = 1_000;

/** A slot whose lives end on the test's command. The random source makes all delays whole numbers. */
function slotOf() {
  const clock = new ManualClock();
  const lives: { readySinceMs: number | undefined; isEnded: boolean }[] = [];
  const failures: unknown[] = [];
  const log = new RecordingLogger();
  const slot = new ExecutorSlot({
    index: 0,
    clock,
    random: { next: () => 1, integer: () => 0, id: () => '' },
    log,
    options: remoteOptions({ restartDelayMs: DELAY_MS, restartDelayMaxMs: 4 * DELAY_MS }),
    launch: (_, number) => {
      const life = { readySinceMs: clock.monotonicMs(), isEnded: false };
      lives.push(life);
      const end = async () => void (life.isEnded = true);
      return { ...life, description: { executorId: `e-${number}` }, end } as unknown as ExecutorLife;
    },
    onFailed: (error) => void failures.push(error),
  });
  const crashed = coreError('MR_EXECUTOR_UNREACHABLE', 'gone');
  /** The current life ends unexpectedly. */
  const crash = () => slot.replace(lives.at(-1) as unknown as ExecutorLife, crashed);
  return { clock, slot, lives, failures, crash, log };
}

describe('ExecutorSlot', () => {
  it('replaces executors with growing delays after short lives, up to the bound', async () => {
    const { clock, slot, lives, crash } = slotOf();
    slot.open();
    for (const delayMs of [1, 2, 4, 4].map((times) => times * DELAY_MS)) {
      const before = lives.length;
      crash();
      await clock.advance(delayMs - 1);
      expect(lives).toHaveLength(before);
      await clock.advance(1);
      expect(lives).toHaveLength(before + 1);
    }
  });

  it.each([
    [60_000, DELAY_MS],
    [59_999, 2 * DELAY_MS],
  ])('begins with the first delay after a life of a minute: %i ms, then %i', async (livedMs, delayMs) => {
    const { clock, slot, lives, crash } = slotOf();
    slot.open();
    crash();
    await clock.advance(DELAY_MS);
    await clock.advance(livedMs);
    crash();
    await clock.advance(delayMs - 1);
    expect(lives).toHaveLength(2);
    await clock.advance(1);
    expect(lives).toHaveLength(3);
  });

  it('stays empty, without a timer, when closed while a replacement is pending', async () => {
    const { clock, slot, lives, crash } = slotOf();
    slot.open();
    crash();
    expect(clock.pendingTimers).toBe(1);
    await slot.close();
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(10 * DELAY_MS);
    expect([lives.length, slot.executorId]).toEqual([1, undefined]);
  });

  it('reports a permanent reason to the engine, and begins no further life', async () => {
    const { clock, slot, lives, failures } = slotOf();
    slot.open();
    const differs = remoteError('MR_REMOTE_PROGRAM_DIFFERS', 'another program') as MillraceError;
    slot.replace(lives.at(-1) as unknown as ExecutorLife, differs);
    await clock.advance(10 * DELAY_MS);
    expect([lives.length, failures]).toEqual([1, [differs]]);
  });

  it('tells of a wait for a place once for each reason', () => {
    const { slot, lives, log } = slotOf();
    slot.open();
    const noPlace = (known: string): void => {
      const life = { ...lives.at(-1), readySinceMs: undefined } as unknown as ExecutorLife;
      slot.replace(life, remoteError('MR_REMOTE_NO_PLACE', `no host has a free slot; known hosts: ${known}`));
      slot.wake();
    };
    for (const known of ['a', 'a', 'a', 'b', 'b']) noPlace(known);
    expect(lives).toHaveLength(6);
    const told = log.lines.filter(({ message }) => message === 'an executor waits for a place');
    expect(told.map(({ fields }) => (fields['reason'] as Error).message.slice(-1))).toEqual(['a', 'b']);
  });
});
