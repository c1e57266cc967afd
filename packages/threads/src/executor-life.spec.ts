import { ManualClock, type MillraceError, NoopLogger } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { ExecutorLife, type ExecutorLifeDeps } from './executor-life.ts';
import type { LaunchedExecutor } from './executor-launcher.ts';
import { MemoryEnd } from './memory-connection.ts';
import { threadsError } from './threads-errors.ts';
import { threadsOptionsSchema } from './threads.options.ts';

/** A life whose executor sends and receives only the messages permitted by the test. */
function lifeOf() {
  const clock = new ManualClock();
  const [end, executor] = MemoryEnd.pair();
  const heard: unknown[] = [];
  executor.onMessage((message) => void heard.push(message));
  const reasons: (string | undefined)[] = [];
  let exit: (reason: MillraceError) => void = () => undefined;
  let isTerminated = false;
  const launched: LaunchedExecutor = {
    end,
    onExit: (exited) => (exit = exited),
    terminate: async () => void (isTerminated = true),
  };
  const life = new ExecutorLife({
    description: { executorId: 'e-0', host: 'here', cores: 1 },
    launched,
    program: {} as ExecutorLifeDeps['program'],
    clock,
    log: new NoopLogger(),
    options: threadsOptionsSchema.parse({ heartbeatMs: 100, startTimeoutMs: 1_000 }),
    onReady: () => undefined,
    onOver: (_, reason) => void reasons.push(reason?.code),
  });
  return {
    clock,
    life,
    heard,
    reasons,
    exit: (reason: MillraceError) => exit(reason),
    isTerminated: () => isTerminated,
  };
}

describe('ExecutorLife', () => {
  it('leaves no timer and sends no requests after the end of its thread', async () => {
    const { clock, heard, reasons, exit } = lifeOf();
    await clock.advance(150);
    exit(threadsError('MR_THREADS_CRASHED', 'gone') as MillraceError);
    const asked = heard.length;
    expect([reasons, clock.pendingTimers]).toEqual([['MR_THREADS_CRASHED'], 0]);
    await clock.advance(10_000);
    expect([heard.length, reasons.length]).toEqual([asked, 1]);
  });

  it('ends when its executor has not become ready in time', async () => {
    const { clock, reasons, isTerminated } = lifeOf();
    await clock.advance(999);
    expect(reasons).toEqual([]);
    await clock.advance(1);
    expect([reasons, isTerminated(), clock.pendingTimers]).toEqual([['MR_THREADS_NOT_READY'], true, 0]);
  });

  it('reports no reason for a requested end', async () => {
    const { clock, life, reasons, isTerminated } = lifeOf();
    await life.end();
    expect([reasons, isTerminated(), clock.pendingTimers]).toEqual([[undefined], true, 0]);
  });
});
