import { isMillraceError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { ExecutorRuntime, type ExecutorRuntimeDeps } from './executor-runtime.ts';

/** An executor that records the cleanup calls of the runtime. */
function runtimeOf() {
  const forgotten: (string | number)[] = [];
  const runtime = new ExecutorRuntime({
    executorId: 'e-1',
    onDone: (doneUpTo: number) => void forgotten.push(doneUpTo),
    environment: { forget: (rddIds: readonly string[]) => void forgotten.push(...rddIds) },
    handler: { removeBlocks: async (ids: readonly string[]) => void forgotten.push(...ids) },
  } as unknown as ExecutorRuntimeDeps);
  /** Returns the code of a refusal. */
  const forget = async (epoch: number, doneUpTo = epoch): Promise<string> => {
    try {
      await runtime.ask('Forget', { epoch, rddIds: [`r-${epoch}`], blockIds: [`b-${epoch}`], doneUpTo });
      return 'done';
    } catch (error) {
      return isMillraceError(error) ? error.code : String(error);
    }
  };
  return { runtime, forget, forgotten };
}

describe('ExecutorRuntime', () => {
  it('obeys the driver in charge and every later driver, and refuses any earlier epoch', async () => {
    const { runtime, forget, forgotten } = runtimeOf();
    expect([await forget(1), await forget(1), await forget(3)]).toEqual(['done', 'done', 'done']);
    forgotten.length = 0;
    expect([await forget(2), await forget(1)]).toEqual([
      'MR_EXECUTOR_STALE_EPOCH',
      'MR_EXECUTOR_STALE_EPOCH',
    ]);
    expect([forgotten, runtime.epoch]).toEqual([[], 3]);
  });

  it('drops batches, RDDs and blocks in this order', async () => {
    const { forget, forgotten } = runtimeOf();
    await forget(1, 500);
    expect(forgotten).toEqual([500, 'r-1', 'b-1']);
  });
});
