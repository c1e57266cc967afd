import { coreError, ManualClock, type MillraceError, MsgpackCodec } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import type { ExecutorExit } from '../executor-launcher.ts';
import type { HostLaunch } from './host-messages.ts';
import { RunningExecutors } from './running-executors.ts';

function executors(slots = 100) {
  const clock = new ManualClock();
  const launched: string[] = [];
  const exits = new Map<string, (exit: ExecutorExit) => void>();
  const running = new RunningExecutors({
    clock,
    slots,
    onChanged: () => undefined,
    runner: {
      run: ({ session }) => {
        launched.push(session);
        return { onExit: (exited) => exits.set(session, exited), terminate: async () => undefined };
      },
    },
  });
  const crash = (session: string, reason: MillraceError) => exits.get(session)?.({ reason, isQuiet: false });
  return { clock, running, launched, crash };
}

function launchOf(session: string, slot: number): HostLaunch {
  return {
    kind: 'launch',
    epoch: 1,
    driver: 'd',
    session,
    slot,
    executorId: `h-${slot}.1.0`,
    application: 'app',
    argv: [],
  };
}

const killed = coreError('MR_EXECUTOR_UNREACHABLE', 'killed');

describe('RunningExecutors', () => {
  it('runs a session once, and not after its end', async () => {
    const { running, launched } = executors();
    running.launch(launchOf('one', 0));
    running.launch(launchOf('one', 0));
    await running.kill('one', killed);
    running.launch(launchOf('one', 0));
    await running.kill('never-seen', killed);
    running.launch(launchOf('never-seen', 1));
    expect([launched, running.sessions()]).toEqual([['one'], []]);
  });

  it('refuses a slot that is occupied or does not exist', () => {
    const { running } = executors(2);
    running.launch(launchOf('one', 0));
    for (const slot of [0, 2])
      expect(() => running.launch(launchOf('two', slot))).toThrow(
        expect.objectContaining({ code: 'MR_REMOTE_SLOT_TAKEN' }),
      );
  });

  it('tells of the newest ends for half a minute, in a beat of bounded size', async () => {
    const { clock, running, crash } = executors();
    const text = 'x'.repeat(8_000);
    const cause = coreError('MR_EXECUTOR_UNREACHABLE', text, {
      cause: new Error(text, { cause: new Error(text) }),
    });
    for (let n = 0; n < 40; n += 1) {
      running.launch(launchOf(`s-${n}`, n));
      crash(`s-${n}`, coreError('MR_BLOCK_LOST', text, { cause, details: { text } }));
    }
    const told = running.ended();
    expect(told.map(({ session }) => session)).toEqual(Array.from({ length: 16 }, (_, n) => `s-${24 + n}`));
    expect(told[0]?.error).toMatchObject({
      code: 'MR_BLOCK_LOST',
      cause: { code: 'MR_EXECUTOR_UNREACHABLE' },
    });
    expect(new MsgpackCodec().encodeRecords(told).byteLength).toBeLessThan(300_000);
    await clock.advance(30_001);
    expect(running.ended()).toEqual([]);
  });
});
