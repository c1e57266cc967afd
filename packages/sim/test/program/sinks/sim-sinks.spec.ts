import { MillraceError, SeededRandom, type Sink, type SinkWrite } from '@millrace/core';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { Coverage } from '../../../src/coverage.ts';
import { Ledger } from '../../../src/ledger.ts';
import type {
  ProgramOutput,
  ProgramPlan,
  SinkKind,
  SinkSettings,
} from '../../../src/program/program-plan.ts';
import { SimClock } from '../../../src/sim-clock.ts';
import { SimDisk } from '../../../src/sim-disk.ts';
import type { SimProgramSetup } from '../../../src/sim-output.ts';
import { SimProcess } from '../../../src/sim-process.ts';
import { SimSinks } from '../../../src/program/sinks/sim-sinks.ts';
import { sinkTargetsOf } from '../../../src/program/sinks/sink-targets.ts';
import { rowsOf, type SinkRow } from '../../../src/program/sinks/sink-row.ts';

function world(kind: SinkKind = 'filesSink', settings: SinkSettings = {}) {
  const random = new SeededRandom('sinks');
  const coverage = new Coverage();
  const disk = new SimDisk(random, coverage);
  const broken: string[] = [];
  const violated = (_promise: string, what: string) => void broken.push(what);
  const ledger = new Ledger(violated);
  const sinks = new SimSinks({ disk, random, coverage, ledger, violated });
  const clock = new SimClock(random, 0);
  const process = new SimProcess({ name: 'driver', clock, onStep: () => undefined });
  const output: ProgramOutput = { id: 7, kind, from: 'input-0', sink: { format: 'text', ...settings } };
  const program: ProgramPlan = {
    nodes: [{ id: 'input-0', op: 'input', from: [], set: { variant: 'number' } }],
    outputs: [output],
    parallelism: [1],
  };
  const setup = { process, storage: disk.viewOf(process, random), isFaulty: () => false };
  const open = () => sinks.placeOf(output).sinkFor(setup as unknown as SimProgramSetup);
  const sink = open();
  const write = async (
    texts: readonly string[],
    identity: Partial<SinkWrite>,
    effect: (() => Promise<void>) | Sink<SinkRow> = sink,
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
      effect: typeof effect === 'function' ? effect : async () => effect.write(rowsOf(texts, whole), whole),
    });
  };
  return { sinks, sink, open, disk, ledger, broken, output, program, write, process };
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
    await sinks.finish(sinkTargetsOf({ program }));
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
    sinks.onRefused = () => (asked += 1);
    await sink.open?.();
    await write(['1'], { partition: 0, partitions: 2 });
    await write(['9'], { batchTime: 2_000, partition: 0, partitions: 2 });
    await expect(write(['1', '2'], { partition: 0, partitions: 1 })).rejects.toMatchObject({
      code: 'MR_SINK_REPARTITIONED',
    });
    await sink.close?.();
    await sinks.makeWay();
    sinks.driverBegins();
    await sinks.finish(sinkTargetsOf({ program }));
    sinks.close();
    expect([asked, broken]).toEqual([1, []]);
    expect(ledger.batches('program 7')).toEqual([[2_000, ['9']]]);
  });
});

describe('the watch of refusals', () => {
  it('reports a refusal for a number of partitions that no other try had', async () => {
    const { sinks, broken, write } = world();
    const refusal = async () => {
      throw coreError('MR_SINK_REPARTITIONED', 'another number');
    };
    await expect(write(['1'], { partitions: 2 }, refusal)).rejects.toThrow('another number');
    sinks.close();
    expect(broken).toEqual(['program 7: batch 1000 was refused, and was tried with 2 partitions alone']);
  });

  it('restores the ledger of a sink that forgets after one batch, and the sink writes nothing twice', async () => {
    const { sinks, sink, broken, ledger, program, write, open } = world('sqliteSink', { ledgerBatches: 1 });
    let asked = 0;
    sinks.onRefused = () => (asked += 1);
    await sink.open?.();
    for (const batchTime of [1_000, 2_000]) await write(['1'], { batchTime, partitions: 1 });
    // Another process has another sink, which drops old rows at its first write.
    const other = open();
    await other.open?.();
    await write(['3'], { batchTime: 3_000, partitions: 1 }, other);
    await expect(write(['1'], { batchTime: 1_000, partitions: 1 }, other)).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_FORGOTTEN',
    });
    await other.close?.();
    await sink.close?.();
    await sinks.makeWay();
    const later = open();
    await later.open?.();
    for (const batchTime of [1_000, 2_000, 4_000]) await write(['1'], { batchTime, partitions: 1 }, later);
    await later.close?.();
    sinks.driverBegins();
    await sinks.finish(sinkTargetsOf({ program }));
    sinks.close();
    expect([asked, broken]).toEqual([1, []]);
    expect(ledger.batches('program 7').map(([batchTime]) => batchTime)).toEqual([1_000, 2_000, 3_000, 4_000]);
  });

  it('reports a refusal for the age of a batch that the ledger has to know', async () => {
    const { sinks, sink, broken, write } = world('sqliteSink', { ledgerBatches: 2 });
    await sink.open?.();
    for (const batchTime of [1_000, 2_000]) await write(['1'], { batchTime });
    const refusal = async () => {
      throw new MillraceError('MR_SINK_SQLITE_FORGOTTEN', 'too old', { disposition: 'fail-batch' });
    };
    await expect(write(['1'], { batchTime: 1_000 }, refusal)).rejects.toThrow('too old');
    await sink.close?.();
    sinks.close();
    expect(broken).toEqual([
      'program 7: batch 1000 was refused for its age, with 1 later batches and a ledger of 2',
    ]);
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
    await sinks.finish(sinkTargetsOf({ program }));
    expect(broken).toEqual([expect.stringContaining('ends in the middle of a line')]);
  });

  it('reports a second file of a partition, which the model does not have', async () => {
    const { sinks, broken, program, sink, write } = world();
    await sink.open?.();
    await write(['1'], {});
    await write(['1'], { outputOperation: 1 });
    await sinks.finish(sinkTargetsOf({ program }));
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
