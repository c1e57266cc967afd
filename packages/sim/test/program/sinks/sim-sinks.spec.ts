import { SeededRandom, type SinkWrite } from '@millrace/core';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { Coverage } from '../../../src/coverage.ts';
import { Ledger } from '../../../src/ledger.ts';
import type { ProgramOutput, ProgramPlan, SinkKind } from '../../../src/program/program-plan.ts';
import { SimClock } from '../../../src/sim-clock.ts';
import { SimDisk } from '../../../src/sim-disk.ts';
import type { SimProgramSetup } from '../../../src/sim-output.ts';
import { SimProcess } from '../../../src/sim-process.ts';
import { SimSinks } from '../../../src/program/sinks/sim-sinks.ts';
import { rowsOf } from '../../../src/program/sinks/sink-row.ts';

function world(kind: SinkKind = 'filesSink') {
  const random = new SeededRandom('sinks');
  const coverage = new Coverage();
  const disk = new SimDisk(random, coverage);
  const broken: string[] = [];
  const violated = (_promise: string, what: string) => void broken.push(what);
  const ledger = new Ledger(violated);
  const sinks = new SimSinks({ disk, random, coverage, ledger, violated });
  const clock = new SimClock(random, 0);
  const process = new SimProcess({ name: 'driver', clock, onStep: () => undefined });
  const output: ProgramOutput = { id: 7, kind, from: 'input-0', sink: { format: 'text' } };
  const program: ProgramPlan = {
    nodes: [{ id: 'input-0', op: 'input', from: [], set: { variant: 'number' } }],
    outputs: [output],
    parallelism: [1],
  };
  const setup = { process, storage: disk.viewOf(process, random), isFaulty: () => false };
  const sink = sinks.placeOf(output).sinkFor(setup as unknown as SimProgramSetup);
  const write = async (
    texts: readonly string[],
    identity: Partial<SinkWrite>,
    effect?: () => Promise<void>,
  ) => {
    const to = {
      application: 'simulated',
      batchTime: 1_000,
      outputOperation: 0,
      partition: 0,
      partitions: 2,
    };
    const whole: SinkWrite = { ...to, ...identity };
    await sinks.write(output, whole, {
      texts,
      effect: effect ?? (() => sink.write(rowsOf(texts, whole), whole)),
    });
  };
  return { sinks, sink, disk, ledger, broken, output, program, write, process };
}

describe.each(['filesSink', 'sqliteSink'] as const)('the watch of a %s', (kind) => {
  it('accepts partitions that are present once', async () => {
    const { sinks, sink, broken, ledger, program, write } = world(kind);
    await sink.open?.();
    await write(['1', '2'], { partition: 0 });
    await write(['3'], { partition: 1 });
    await write(['1', '2'], { partition: 0 });
    sinks.driverBegins();
    await sink.close?.();
    await sinks.finish(program);
    sinks.close();
    expect(broken).toEqual([]);
    expect(ledger.batches('program 7')).toEqual([[1_000, ['1', '2', '3']]]);
  });

  it('reports an acknowledged write missing in the destination', async () => {
    const { sinks, sink, broken, write } = world(kind);
    await sink.open?.();
    await write(['1', '2'], {}, async () => undefined);
    sinks.driverBegins();
    await sink.close?.();
    sinks.close();
    expect(broken).toEqual([
      expect.stringContaining('partition 1000/0 was acknowledged with ["1","2"], the destination has []'),
    ]);
  });

  it("accepts an operator's removal of a batch with another number of partitions", async () => {
    const { sinks, sink, broken, ledger, program, write } = world(kind);
    let asked = 0;
    sinks.onRepartitioned = () => (asked += 1);
    await sink.open?.();
    await write(['1'], { partition: 0, partitions: 2 });
    await write(['9'], { batchTime: 2_000, partition: 0, partitions: 2 });
    await expect(write(['1', '2'], { partition: 0, partitions: 1 })).rejects.toMatchObject({
      code: 'MR_SINK_REPARTITIONED',
    });
    await sink.close?.();
    await sinks.removeRefused();
    sinks.driverBegins();
    await sinks.finish(program);
    sinks.close();
    expect([asked, broken]).toEqual([1, []]);
    expect(ledger.batches('program 7')).toEqual([[2_000, ['9']]]);
  });
});

describe('the watch of files', () => {
  it('reports half a file under the name of a partition, and a changing file', async () => {
    const { sinks, disk, broken, program, sink, write } = world();
    await sink.open?.();
    await write(['1', '2'], {});
    sinks.driverBegins();
    await disk.withoutFaults(async (storage) => {
      const file = await storage.open('/data/sinks/7/simulated-1000-0-0.txt', 'append');
      await file.append([Buffer.from('3')]);
      await file.close();
    });
    await sinks.finish(program);
    expect(broken).toEqual([expect.stringContaining('ends in the middle of a line')]);
  });

  it('reports a second file of a partition, which the model does not have', async () => {
    const { sinks, broken, program, sink, write } = world();
    await sink.open?.();
    await write(['1'], {});
    await write(['1'], { outputOperation: 1 });
    await sinks.finish(program);
    expect(broken).toEqual([expect.stringContaining('partition 1000/0 has two files')]);
  });
});

describe('a death while a sink writes', () => {
  it('happens after this many steps within writes, and not between writes', async () => {
    const { sinks, output, write } = world();
    const deaths: unknown[] = [];
    sinks.onDeath = (death) => void deaths.push(death);
    const death = { part: 'driver', afterSteps: 2, downMs: 0 } as const;
    sinks.placeOf({ ...output, id: 8, sink: { deaths: [death] } });
    sinks.step();
    const to: SinkWrite = {
      application: 'simulated',
      batchTime: 1_000,
      outputOperation: 0,
      partition: 0,
      partitions: 1,
    };
    const failure = coreError('MR_STORAGE_FAILED', 'no answer');
    const writing = sinks.write({ ...output, id: 8 }, to, {
      texts: [],
      effect: async () => {
        sinks.step();
        expect(deaths).toEqual([]);
        sinks.step();
        throw failure;
      },
    });
    await expect(writing).rejects.toBe(failure);
    await write([], {}, async () => sinks.step());
    expect(deaths).toEqual([death]);
  });
});
