import { coreError, ManualClock, NoopLogger } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { ExecutorLife, type ExecutorLifeDeps } from './executor-life.ts';
import type { ExecutorExit, LaunchedExecutor } from './executor-launcher.ts';
import { MemoryEnd } from './memory-connection.ts';
import { remoteOptions } from '../test/remote-options.ts';

/** A life whose executor sends and receives only the messages permitted by the test. */
function lifeOf(startTimeoutMs = 1_000) {
  const clock = new ManualClock();
  const [end, executor] = MemoryEnd.pair();
  const heard: unknown[] = [];
  executor.onMessage((message) => void heard.push(message));
  const reasons: (string | undefined)[] = [];
  let exit: (exit: ExecutorExit) => void = () => undefined;
  let isTerminated = false;
  const launched: LaunchedExecutor = {
    executorId: 'e-0',
    host: 'here',
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
    options: remoteOptions({ heartbeatMs: 100, startTimeoutMs }),
    onReady: () => undefined,
    onOver: (_, reason) => void reasons.push(reason?.code),
  });
  return {
    clock,
    life,
    heard,
    reasons,
    exit: (isQuiet: boolean) => exit({ reason: coreError('MR_EXECUTOR_UNREACHABLE', 'gone'), isQuiet }),
    isTerminated: () => isTerminated,
    disconnect: () => executor.close(),
  };
}

describe('ExecutorLife', () => {
  it('leaves no timer and sends no requests after the end of the executor', async () => {
    const { clock, heard, reasons, exit } = lifeOf();
    await clock.advance(150);
    exit(false);
    const asked = heard.length;
    expect([reasons, clock.pendingTimers]).toEqual([['MR_EXECUTOR_UNREACHABLE'], 0]);
    await clock.advance(10_000);
    expect([heard.length, reasons.length]).toEqual([asked, 1]);
  });

  it('tells a program that ended by itself before start() from a crash', () => {
    const { reasons, exit } = lifeOf();
    exit(true);
    expect(reasons).toEqual(['MR_REMOTE_PROGRAM_ENDED']);
  });

  it('ends when its executor has not become ready in time', async () => {
    const { clock, reasons, isTerminated } = lifeOf();
    await clock.advance(999);
    expect(reasons).toEqual([]);
    await clock.advance(1);
    expect([reasons, isTerminated(), clock.pendingTimers]).toEqual([['MR_REMOTE_NOT_READY'], true, 0]);
  });

  it('ends when its connection ends and no exit follows within five seconds', async () => {
    const { clock, reasons, isTerminated, disconnect } = lifeOf(60_000);
    disconnect();
    await clock.advance(4_900);
    expect([reasons, isTerminated()]).toEqual([[], false]);
    await clock.advance(100);
    expect([reasons, isTerminated(), clock.pendingTimers]).toEqual([['MR_REMOTE_DISCONNECTED'], true, 0]);
  });

  it('reports the exit that follows the end of the connection', async () => {
    const { clock, reasons, disconnect, exit } = lifeOf(60_000);
    disconnect();
    await clock.advance(100);
    exit(false);
    await clock.advance(6_000);
    expect([reasons, clock.pendingTimers]).toEqual([['MR_EXECUTOR_UNREACHABLE'], 0]);
  });

  it('reports no reason for a requested end', async () => {
    const { clock, life, reasons, isTerminated } = lifeOf();
    await life.end();
    expect([reasons, isTerminated(), clock.pendingTimers]).toEqual([[undefined], true, 0]);
  });
});
