import type { RunTask } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { StreamFixture } from '../../test/stream-fixture.ts';
import { ProgramOnExecutor } from './program-on-executor.ts';
import { TaskInputs } from '../driver/task-inputs.ts';

/** The same graph for a driver and an executor: a queue, and a window of three batches over it. */
function bothSides(queue: number[][]) {
  const [driver, executor] = [new StreamFixture(), new StreamFixture()];
  for (const side of [driver, executor]) {
    const numbers = side.queue(side === driver ? queue : [], { partitions: 1 });
    side.record(numbers.window(3_000, 1_000));
    numbers.map((n) => n * 2).foreachPartition(() => undefined);
  }
  const program = new ProgramOnExecutor(executor.graph);
  const inputs = new TaskInputs({
    graph: driver.graph,
    batchIntervalMs: 1_000,
    blocksOf: (batchTime) => ({ batchTime, blocks: new Map() }),
  });
  const task = (batchTime: number, rddId: string, action = 'collect'): RunTask => ({
    epoch: 1,
    attempt: 0,
    task: { batchTime, outputOperation: 1, rddId, partition: 0, kind: 'result', action },
    // Only data crosses the border between driver and executor.
    ...structuredClone(inputs.messageFor('one', batchTime)),
  });
  return { driver, executor, program, inputs, task };
}

const times = (request: Pick<RunTask, 'inputs'>) => request.inputs.map(({ batchTime }) => batchTime);

describe('a program on an executor', () => {
  it('builds the RDD of a task from the inputs in the message', async () => {
    const { driver, executor, program, task } = bothSides([[1], [2]]);
    await driver.runBatch(1_000);
    const request = task(1_000, '1000/1-window');
    program.takeInputs(request);
    program.build(request);
    expect(executor.environment.find('1000/1-window')?.partitionCount).toBe(1);
    expect(await executor.tasks.run({ ...request, task: { ...request.task, kind: 'map' } })).toMatchObject({
      ok: false,
    });
  });

  it('receives the inputs of all batches that its window reaches, each once', async () => {
    const { driver, inputs } = bothSides([[1], [2], [3], [4], [5]]);
    for (let time = 1_000; time <= 5_000; time += 1_000) await driver.runBatch(time);
    const first = inputs.messageFor('one', 5_000);
    expect(times(first)).toEqual([5_000, 4_000, 3_000, 2_000]);
    expect(first.zeroTime).toBe(0);
    inputs.delivered('one', first);
    await driver.runBatch(6_000);
    expect(times(inputs.messageFor('one', 6_000))).toEqual([6_000]);
    expect(times(inputs.messageFor('another', 6_000))).toHaveLength(4);
    inputs.executorLost('one');
    expect(times(inputs.messageFor('one', 6_000))).toHaveLength(4);
  });

  it('accepts repeated inputs without harm, and finds the action of its own output only', async () => {
    const { driver, executor, program, task } = bothSides([[1]]);
    await driver.runBatch(1_000);
    const request = task(1_000, '1000/2-map', 'output');
    program.takeInputs(request);
    program.takeInputs(request);
    program.build(request);
    const rdd = executor.environment.find('1000/2-map');
    if (rdd === undefined) throw new Error('it was not built');
    expect(program.findAction(request, rdd)?.name).toBe('foreachPartition');
    expect(program.findAction(task(1_000, '1000/2-map', 'reduce'), rdd)).toBeUndefined();
    expect(program.findAction(task(1_000, '1000/2-map', 'take:3'), rdd)?.name).toBe('take');
  });

  it('refuses a task of a completed batch, however late its message comes (BAT-4)', async () => {
    const { driver, program, task } = bothSides([[1], [2]]);
    await driver.runBatch(1_000);
    const request = task(1_000, '1000/2-map', 'output');
    program.takeInputs(request);
    program.forget(1_000);
    expect(() => program.takeInputs(request)).toThrow(/all batches up to 1000/);
    await driver.runBatch(2_000);
    expect(() => program.takeInputs(task(2_000, '2000/2-map', 'output'))).not.toThrow();
  });

  it('drops completed batches together with the driver, over any number of batches', async () => {
    const { driver, executor, program, inputs, task } = bothSides(Array.from({ length: 60 }, (_, n) => [n]));
    for (let time = 1_000; time <= 60_000; time += 1_000) {
      await driver.runBatch(time);
      const request = task(time, `${time}/1-window`);
      program.takeInputs(request);
      program.build(request);
      inputs.delivered('one', request);
      driver.graph.clearMetadata(time);
      program.forget(time);
      inputs.forget(time);
    }
    expect(executor.environment.find('50000/1-window')).toBeUndefined();
    expect(executor.environment.find('50000/0-queue')).toBeUndefined();
    expect(executor.graph.inputsOf(50_000).size).toBe(0);
    expect(executor.graph.inputsOf(60_000).size).toBe(1);
  });
});
