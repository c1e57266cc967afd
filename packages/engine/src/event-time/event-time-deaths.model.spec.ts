// Windows of event time over drivers that die at any step: before or right after any write to a log, to the store of
// blocks or of checkpoints, or to an output. Windows, late records and watermarks of each batch must equal those of a
// driver without deaths over the same batches.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  happenings,
  runEventTime,
  windowText,
  type BatchTexts,
  type EventTimeProgram,
} from '../../test/event-time-world.ts';
import { NumberSource, RestartWorld } from '../../test/restart-world.ts';
import type { StreamingContext, TimestampOptions } from '../index.ts';

const PARTITIONS = 2;
const options: TimestampOptions = { outOfOrdernessMs: 6, idleAfterMs: 2_000, idleAdvanceMs: 20 };
const rules: Readonly<Record<string, EventTimeProgram['windows']>> = {
  tumbling: (events) => events.tumbling(20).groupByKey({ partitions: PARTITIONS }),
  sliding: (events) => events.sliding(20, 8).allowedLateness(15).groupByKey({ partitions: PARTITIONS }),
  session: (events) => events.session(9).allowedLateness(5).groupByKey({ partitions: PARTITIONS }),
};

/** The record of a number: mostly a little out of order, at times far too late. */
function textOf(n: number): string {
  const atMs = n * 4 - (n % 7 === 5 ? 70 : (n * 5) % 11);
  return `${'abc'[(n * n + (n >> 2)) % 3]}@${atMs}`;
}

type Seen = Map<number, Partial<BatchTexts>>;

/** The observations of one run: the records of each batch, and the results by rule. */
class Witness {
  readonly batches = new Map<number, string>();
  readonly byRule = new Map<string, Seen>(Object.keys(rules).map((name) => [name, new Map()]));

  /** A batch that runs again must have the same result (BAT-4). */
  note(rule: string, batchTime: number, texts: Partial<BatchTexts>): void {
    const seen = this.byRule.get(rule);
    const known = seen?.get(batchTime) ?? {};
    for (const [name, text] of Object.entries(texts))
      expect([batchTime, known[name as keyof BatchTexts] ?? text]).toEqual([batchTime, text]);
    seen?.set(batchTime, { ...known, ...texts });
  }

  /** Compares all batches with an undisturbed run. */
  async expectUndisturbed(): Promise<void> {
    const times = [...this.batches.keys()].toSorted((a, b) => a - b);
    expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * 1_000));
    const sources = [times.map((time) => this.batches.get(time) ?? '')];
    for (const [name, windows] of Object.entries(rules)) {
      const expected = await runEventTime({ sources, options: [options], windows, partitions: PARTITIONS });
      const seen = this.byRule.get(name);
      expect([name, times.map((time) => seen?.get(time))]).toEqual([name, expected]);
    }
  }
}

function programOf(world: RestartWorld, source: NumberSource, witness: Witness) {
  return (ssc: StreamingContext): void => {
    const step = world.step();
    const numbers = ssc.receiverStream(source.receiver({ replayable: true, isAlive: () => !world.isDead }));
    const records = numbers.map(textOf);
    records.foreachRDD(async (rdd, { batchTime }) => {
      witness.batches.set(batchTime, (await rdd.collect()).join(' '));
    });
    const events = records
      .flatMap(happenings)
      .assignTimestamps(({ atMs }) => atMs, options)
      .uid('events')
      .map(({ key, atMs }) => [key, atMs]);
    for (const [name, windows] of Object.entries(rules)) {
      const results = windows(events).uid(name);
      results.foreachRDD(async (rdd, { batchTime }) => {
        const texts = (await rdd.collect()).map(windowText).toSorted();
        await step();
        witness.note(name, batchTime, { windows: texts.join(' ') });
        await step();
      });
      results.lateRecords().foreachRDD(async (rdd, { batchTime }) => {
        const texts = (await rdd.collect()).map((record) => record.join('@')).toSorted();
        await step();
        witness.note(name, batchTime, { late: texts.join(' ') });
        await step();
      });
      events.watermarks.foreachRDD(async (rdd, { batchTime }) => {
        const texts = (await rdd.collect()).map(({ afterMs }) => afterMs);
        witness.note(name, batchTime, { watermark: texts.join(' ') });
      });
    }
  };
}

interface Death {
  readonly steps: number;
  readonly downMs: number;
}

/** Runs driver after driver until one survives; returns whether all other drivers died at their steps. */
async function runThrough(deaths: readonly Death[], turns: number) {
  const world = new RestartWorld();
  const source = new NumberSource();
  const witness = new Witness();
  const program = programOf(world, source, witness);
  let areAllDead = true;
  for (const { steps, downMs } of deaths) {
    const life = world.begin(program, {}, steps);
    void life.ssc.start();
    for (let turn = 0; turn < turns && !world.isDead; turn += 1) {
      source.produced += 1;
      await world.pass(life, 100);
    }
    areAllDead &&= world.isDead;
    if (!world.isDead) world.kill();
    await world.pass(undefined, downMs);
  }
  const last = world.begin(program);
  await last.ssc.start();
  for (let turn = 0; turn < 20; turn += 1) {
    source.produced += 1;
    await world.pass(last, 100);
  }
  // Silence at the end: the watermark advances by itself.
  await world.pass(last, 4_000);
  expect((await last.ssc.stop()).isClean).toBe(true);
  return { witness, areAllDead };
}

describe('windows of event time over a driver that dies at any step', () => {
  it('equal an undisturbed run, at every step (STA-1, BAT-4)', { timeout: 120_000 }, async () => {
    let steps = 1;
    for (let wasLast = false; !wasLast; steps += 1) {
      const { witness, areAllDead } = await runThrough([{ steps, downMs: 0 }], 24);
      await witness.expectUndisturbed();
      wasLast = !areAllDead;
    }
    // Two batches and a half, each with writes to the log, blocks, checkpoints, and outputs.
    expect(steps).toBeGreaterThan(100);
  });

  it('have late records, and windows that are emitted twice, so that the test is not void', async () => {
    const { witness } = await runThrough([{ steps: 70, downMs: 0 }], 24);
    for (const seen of witness.byRule.values()) {
      const all = [...seen.values()];
      expect(all.filter(({ late }) => late !== '').length).toBeGreaterThan(1);
      expect(all.filter(({ windows }) => windows !== '').length).toBeGreaterThan(2);
    }
    const starts = [...(witness.byRule.get('sliding')?.values() ?? [])].flatMap(
      ({ windows = '' }) => windows.match(/\w\[-?\d+,/g) ?? [],
    );
    expect(new Set(starts).size).toBeLessThan(starts.length);
  });

  it('equal an undisturbed run over many deaths and times without a driver (STA-1, BAT-4)', async () => {
    const deaths = fc.array(fc.record({ steps: fc.integer({ min: 1, max: 200 }), downMs: fc.nat(3_500) }), {
      minLength: 2,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(deaths, async (plan) => {
        const { witness } = await runThrough(plan, 40);
        await witness.expectUndisturbed();
      }),
      { numRuns: 25 },
    );
  });
});
