// File streams over dying drivers: a repeated batch reads the same files in the same order, and a file that differs
// from its state at selection fails the batch.
import type { BatchInfo } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RestartWorld, type RestartWorldOptions } from '../../test/restart-world.ts';
import type { StandaloneContextOptions } from './context-options.ts';
import type { StreamingContext } from './streaming-context.ts';

const deaths = fc.array(fc.record({ steps: fc.integer({ min: 1, max: 60 }), downMs: fc.nat(3_500) }), {
  minLength: 1,
  maxLength: 4,
});

/** A directory in a world that receives files as time passes. */
class Inbox {
  readonly written: string[] = [];
  readonly #world: RestartWorld;

  constructor(world: RestartWorld) {
    this.#world = world;
    world.storage.writeFile('/in/.keep', '');
  }

  /** Two files of the same time; the later one in the order is written first. Names grow also among calls at one time. */
  put(): void {
    const number = String(this.written.length).padStart(4, '0');
    const modifiedMs = this.#world.nowMs;
    for (const name of [`${number}-b`, `${number}-a`]) {
      this.#world.storage.writeFile(`/in/${name}`, `${name}\n`, { modifiedMs });
    }
    this.written.push(`${number}-a`, `${number}-b`);
  }
}

/** Lines by batch time. A batch that runs again must have the same ones (BAT-4). */
function linesInto(seen: Map<number, string[]>, world: RestartWorld, isBlocked = () => false) {
  return (ssc: StreamingContext): void => {
    const step = world.step();
    ssc.textFileStream('/in').foreachRDD(async (rdd, { batchTime }) => {
      await step();
      if (isBlocked()) await new Promise(() => {});
      const lines = await rdd.collect();
      await step();
      if (seen.has(batchTime)) expect(lines).toEqual(seen.get(batchTime));
      seen.set(batchTime, lines);
      await step();
    });
  };
}

async function runThrough(
  plan: readonly { readonly steps: number; readonly downMs: number }[],
  options: RestartWorldOptions,
) {
  const world = new RestartWorld(options);
  const inbox = new Inbox(world);
  const seen = new Map<number, string[]>();
  const program = linesInto(seen, world);
  // The first driver lives long enough to record the time at which watching begins.
  const first = world.begin(program);
  await first.ssc.start();
  await world.pass(first, 1_000);
  world.kill();
  for (const { steps, downMs } of plan) {
    const life = world.begin(program, {}, steps);
    void life.ssc.start();
    for (let turn = 0; turn < 30 && !world.isDead; turn += 1) {
      await world.pass(life, 170);
      inbox.put();
    }
    if (!world.isDead) world.kill();
    await world.pass(undefined, downMs);
    inbox.put();
  }
  const last = world.begin(program);
  await last.ssc.start();
  await world.pass(last, 3_000);
  expect((await last.ssc.stop()).isClean).toBe(true);
  return { seen, inbox };
}

/** A driver selects files for a batch and dies before the batch has read them. */
async function selectedOnly(world: RestartWorld, seen: Map<number, string[]>): Promise<void> {
  world.storage.writeFile('/in/.keep', '');
  const life = world.begin(linesInto(seen, world, () => true));
  await life.ssc.start();
  await world.pass(life, 100);
  world.storage.writeFile('/in/b', 'one\ntwo\n', { modifiedMs: world.nowMs });
  world.storage.writeFile('/in/a', 'three\n', { modifiedMs: world.nowMs });
  await world.pass(life, 900);
  world.kill();
}

/** The next driver over the remains. */
async function nextDriver(
  world: RestartWorld,
  seen: Map<number, string[]>,
  options: Partial<StandaloneContextOptions> = {},
) {
  const life = world.begin(linesInto(seen, world), { batches: { maxAttempts: 1 }, ...options });
  const batches: BatchInfo[] = [];
  life.ssc.on('batch:completed', ({ batch }) => void batches.push(batch));
  const ended = life.ssc.awaitTermination().catch((error: unknown) => error);
  await life.ssc.start();
  await world.pass(life, 2_000);
  await life.ssc.stop();
  return { batches, codes: codesOf(await ended) };
}

function codesOf(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  return [(error as { code?: unknown }).code, ...codesOf(error.cause)];
}

describe('a stream of files over drivers that die', () => {
  it.each([true, false])(
    'reads every file once, in order, at any step, with checkpoints: %s (BAT-1, BAT-4)',
    async (hasCheckpoints) => {
      await fc.assert(
        fc.asyncProperty(deaths, async (plan) => {
          const { seen, inbox } = await runThrough(plan, { hasCheckpoints });
          const all = [...seen].toSorted(([a], [b]) => a - b).flatMap(([, lines]) => lines);
          expect(all).toEqual(inbox.written);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('gives a batch the files that were selected for it, not the ones present now (BAT-4)', async () => {
    const world = new RestartWorld();
    const seen = new Map<number, string[]>();
    await selectedOnly(world, seen);
    world.storage.writeFile('/in/0-late', 'late\n', { modifiedMs: 10_050 });
    const { batches } = await nextDriver(world, seen);
    expect(seen.get(11_000)).toEqual(['three', 'one', 'two']);
    expect(seen.get(12_000)).toEqual(['late']);
    expect(batches[0]).toMatchObject({ batchTime: 11_000, isRerun: true, outcome: 'succeeded' });
  });

  it('does not read bytes appended to a file after its selection (BAT-4)', async () => {
    const world = new RestartWorld();
    const seen = new Map<number, string[]>();
    await selectedOnly(world, seen);
    world.storage.writeFile('/in/b', 'one\ntwo\nadded\n', { modifiedMs: world.nowMs + 1 });
    await nextDriver(world, seen);
    expect(seen.get(11_000)).toEqual(['three', 'one', 'two']);
  });

  it.each([
    ['is gone', 'MR_RDD_FILE_GONE', (world: RestartWorld) => world.storage.remove('/in/b')],
    [
      'is shorter',
      'MR_RDD_FILE_CHANGED',
      (world: RestartWorld) => world.storage.writeFile('/in/b', 'one\n', { modifiedMs: world.nowMs + 1 }),
    ],
    [
      'has another content',
      'MR_RDD_FILE_CHANGED',
      (world: RestartWorld) =>
        world.storage.writeFile('/in/b', 'ONE\nTWO\n', { modifiedMs: world.nowMs + 1 }),
    ],
  ])('fails with a code when a selected file %s (BAT-5)', async (_, code, change) => {
    const world = new RestartWorld();
    const seen = new Map<number, string[]>();
    await selectedOnly(world, seen);
    await change(world);
    const { codes, batches } = await nextDriver(world, seen);
    expect(codes).toContain(code);
    expect(batches.map(({ batchTime, outcome }) => [batchTime, outcome])).toEqual([[11_000, 'failed']]);
    expect(seen.size).toBe(0);
  });

  it('continues behind such a batch only when configured to, and reports the skipped batch (BAT-5)', async () => {
    const world = new RestartWorld();
    const seen = new Map<number, string[]>();
    await selectedOnly(world, seen);
    await world.storage.remove('/in/b');
    const options = { batches: { maxAttempts: 1, onBatchFailure: 'skip' as const } };
    const { batches } = await nextDriver(world, seen, options);
    expect(batches[0]).toMatchObject({ batchTime: 11_000, outcome: 'skipped' });
    expect([...seen.keys()]).toEqual([12_000, 13_000]);
  });
});
