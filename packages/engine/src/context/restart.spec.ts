import { MsgpackCodec, type BatchInfo } from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { type Life, NumberSource, RestartWorld } from '../../test/restart-world.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint/checkpoint-content.ts';
import { LoggedMetadataLog, METADATA_LOG_NAME } from '../tracking/logged-metadata-log.ts';
import type { MetadataEvent } from '../tracking/metadata-log.ts';
import { BlockTexts, decodeEvent } from '../tracking/metadata-event-codec.ts';
import type { StandaloneContextOptions } from './context-options.ts';
import { StreamingContext } from './streaming-context.ts';

/** Records the batches of a life, in order of completion. */
function batchesOf(life: Life): BatchInfo[] {
  const batches: BatchInfo[] = [];
  life.ssc.on('batch:completed', ({ batch }) => void batches.push(batch));
  return batches;
}

const times = (batches: readonly BatchInfo[]) => batches.map(({ batchTime }) => batchTime);

/** A program over a replayable source whose batches end up in a map. */
function numbersInto(seen: Map<number, number[]>, source: NumberSource) {
  return (ssc: StreamingContext): void => {
    ssc
      .receiverStream(source.receiver({ replayable: true, isAlive: () => true }))
      .foreachRDD(async (rdd, { batchTime }) => void seen.set(batchTime, await rdd.collect()));
  };
}

/** The codes of an error and of all its causes. */
function codesOf(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [];
  return [(error as { code?: unknown }).code, ...codesOf(error.cause)];
}

const NO_PLACE = { segment: '', offset: 0, length: 0 };

/** The events of the decision log, in order. */
async function eventsIn({ logs }: RestartWorld): Promise<MetadataEvent[]> {
  const texts = new BlockTexts();
  return logs
    .entries(METADATA_LOG_NAME)
    .map(({ payload }) => decodeEvent(new MsgpackCodec(), { payload, handle: NO_PLACE }, texts));
}

/** Simulates earlier drivers of these epochs, one in the log and one in the newest checkpoint. */
async function raiseEpochs(
  world: RestartWorld,
  { inLog, inCheckpoint }: { readonly inLog: number; readonly inCheckpoint: number },
): Promise<void> {
  const codec = new MsgpackCodec();
  const start = (await eventsIn(world)).findLast((event) => event.kind === 'driver-start');
  const log = new LoggedMetadataLog(await world.logs.open(METADATA_LOG_NAME), codec);
  if (start !== undefined) await log.append({ ...start, epoch: inLog });
  await log.close();
  const newest = await world.checkpoints.newest();
  const content = newest && decodeCheckpoint(codec, newest.bytes);
  if (newest === undefined || content === undefined) throw new TypeError('there is no checkpoint');
  await world.checkpoints.write(
    newest.batchTime,
    encodeCheckpoint(codec, { ...content, epoch: inCheckpoint }),
  );
}

/** Starts a life and lets it run. */
async function run(world: RestartWorld, life: Life, ms: number): Promise<void> {
  await life.ssc.start();
  await world.pass(life, ms);
}

describe('a context that resumes an earlier one', () => {
  it('runs unfinished batches again, with their blocks and input infos, then the missed ones', async () => {
    const world = new RestartWorld();
    const source = new NumberSource();
    let isBlocked = true;
    const seen = new Map<number, number[]>();
    const program = (ssc: StreamingContext): void => {
      ssc
        .receiverStream(source.receiver({ replayable: true, isAlive: () => true }))
        .foreachRDD(async (rdd, { batchTime }) => {
          if (isBlocked && batchTime > 11_000) await new Promise(() => {});
          seen.set(batchTime, await rdd.collect());
        });
    };
    const first = world.begin(program);
    await first.ssc.start();
    for (source.produced = 1; source.produced <= 35; source.produced += 1) await world.pass(first, 100);
    world.kill();
    await world.pass(undefined, 2_000);
    isBlocked = false;
    source.produced = 40;
    const second = world.begin(program);
    const batches = batchesOf(second);
    await run(world, second, 1_000);
    expect(times(batches)).toEqual([12_000, 13_000, 14_000, 15_000, 16_000]);
    expect(batches.map(({ isRerun }) => isRerun)).toEqual([true, true, false, false, false]);
    expect(batches[0]).toMatchObject({ recordCount: seen.get(12_000)?.length });
    expect(batches[0]?.recordCount).toBeGreaterThan(0);
    // Received and unallocated blocks belong to the first missed batch.
    expect(seen.get(14_000)?.length).toBeGreaterThan(0);
    await second.ssc.stop();
    const all = [...seen].toSorted(([a], [b]) => a - b).flatMap(([, numbers]) => numbers);
    expect(all).toEqual(Array.from({ length: 40 }, (_, n) => n));
  });

  it('is above every recorded epoch, in the log or in the checkpoint', async () => {
    for (const [inLog, inCheckpoint] of [
      [9, 2],
      [2, 9],
    ] as const) {
      const world = new RestartWorld();
      const first = world.begin((ssc) => ssc.queueStream([[1]]).foreachRDD(() => {}));
      await run(world, first, 2_000);
      await first.ssc.stop();
      await raiseEpochs(world, { inLog, inCheckpoint });
      const second = world.begin((ssc) => ssc.queueStream([[1]]).foreachRDD(() => {}));
      await run(world, second, 1_000);
      const goesOn = second.log.lines.find(({ message }) => message.startsWith('driver continues'));
      expect(goesOn?.fields).toMatchObject({ epoch: 10 });
      await second.ssc.stop();
    }
  });

  it('is recorded before anything else is written', async () => {
    const world = new RestartWorld();
    const first = world.begin((ssc) => ssc.queueStream([[1]]).foreachRDD(() => {}));
    await run(world, first, 3_000);
    world.kill();
    const changes: string[] = [];
    world.logs.beforeWrite = ({ log }) => void changes.push(`write to ${log}`);
    const { checkpoints } = world;
    for (const name of ['write', 'writePart', 'prune', 'removePart'] as const) {
      const change = checkpoints[name].bind(checkpoints) as (...args: unknown[]) => Promise<void>;
      Object.assign(checkpoints, {
        [name]: (...args: unknown[]) => {
          changes.push(`${name} of checkpoints`);
          return change(...args);
        },
      });
    }
    const second = world.begin((ssc) => ssc.queueStream([[1]]).foreachRDD(() => {}));
    await second.ssc.start();
    expect(changes.slice(0, 2)).toEqual([`write to ${METADATA_LOG_NAME}`, 'write of checkpoints']);
    expect((await eventsIn(world)).at(-1)).toMatchObject({ kind: 'driver-start', epoch: 2 });
    await second.ssc.stop();
  });

  it('writes the deletions that its last checkpoint permits into the log, before the log closes', async () => {
    const world = new RestartWorld();
    const source = new NumberSource();
    const life = world.begin(numbersInto(new Map(), source));
    await life.ssc.start();
    for (let batch = 0; batch < 6; batch += 1) {
      source.produced += 5;
      // The last checkpoints are written by the stop only.
      if (batch === 3) world.checkpoints.write = async () => Promise.reject(new Error('not now'));
      await world.pass(life, 1_000);
    }
    const cleaned = async () => {
      const events = await eventsIn(world);
      return Math.max(...events.map((event) => (event.kind === 'batch-cleanup' ? event.doneUpTo : 0)));
    };
    const before = await cleaned();
    world.checkpoints.write = async () => undefined;
    expect(await life.ssc.stop()).toMatchObject({ isClean: true });
    expect(await cleaned()).toBeGreaterThan(before);
  });

  it('loses no record when all its lives draw the same random numbers (BLK-1, REC-1)', async () => {
    const world = new RestartWorld({ seed: 7 });
    const source = new NumberSource();
    const seen: number[] = [];
    for (let life = 1; life <= 3; life += 1) {
      const { ssc, ...rest } = world.begin((program) =>
        program
          .receiverStream(source.receiver({ replayable: false, isAlive: () => !world.isDead }))
          .foreachRDD(async (rdd) => void seen.push(...(await rdd.collect()))),
      );
      await ssc.start();
      for (let step = 0; step < 5; step += 1) {
        source.produced += 3;
        await world.pass({ ssc, ...rest }, 1_000);
      }
      await ssc.stop();
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: source.produced }, (_, n) => n));
    expect(source.acknowledged.at(-1)).toBe(source.produced - 1);
  });

  it('keeps the zero time, and never reuses a time that a graceful stop used early (BAT-2)', async () => {
    const world = new RestartWorld();
    const [source, seen] = [new NumberSource(), new Map<number, number[]>()];
    const first = world.begin(numbersInto(seen, source));
    await run(world, first, 1_300);
    source.produced = 3;
    await world.pass(first, 100);
    await first.ssc.stop();
    expect(seen.get(12_000)).toEqual([0, 1, 2]);
    source.produced = 5;
    const second = world.begin(numbersInto(seen, source));
    const batches = batchesOf(second);
    await run(world, second, 2_000);
    await second.ssc.stop();
    expect(times(batches)).toEqual([13_000]);
    expect([seen.get(12_000), seen.get(13_000)]).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
  });

  it('gives each driver an epoch above all earlier ones, written before anything else', async () => {
    const world = new RestartWorld();
    const epochs: unknown[] = [];
    for (let life = 0; life < 3; life += 1) {
      const { ssc, log } = world.begin((context) => context.queueStream([]).foreachRDD(() => {}));
      await ssc.start();
      const recovered = log.lines.find((line) => line.message.startsWith('driver continues'));
      epochs.push(recovered?.fields?.['epoch']);
      world.kill();
    }
    expect(epochs).toEqual([undefined, 2, 3]);
  });

  it('gives queue streams the recorded input, not the current content of the queue (BAT-4)', async () => {
    const world = new RestartWorld({ hasCheckpoints: false });
    const seen = new Map<number, string[]>();
    const program = (queue: string[][]) => (ssc: StreamingContext) => {
      ssc
        .queueStream(queue)
        .window(2_000, 1_000)
        .foreachRDD(async (rdd, { batchTime }) => void seen.set(batchTime, await rdd.collect()));
    };
    const first = world.begin(program([['a'], ['b'], ['c']]));
    await run(world, first, 2_000);
    world.kill();
    const expected = new Map(seen);
    seen.clear();
    const second = world.begin(program([['x'], ['y']]));
    await run(world, second, 1_000);
    await second.ssc.stop();
    for (const [time, records] of seen) if (expected.has(time)) expect(records).toEqual(expected.get(time));
    expect(seen.get(13_000)).toEqual(['b', 'x']);
  });

  it('resumes with partial windows when no input is kept', async () => {
    const world = new RestartWorld({ hasLog: false });
    const seen = new Map<number, string[]>();
    const program = (queue: string[][]) => (ssc: StreamingContext) => {
      ssc
        .queueStream(queue)
        .window(3_000, 1_000)
        .foreachRDD(async (rdd, { batchTime }) => void seen.set(batchTime, await rdd.collect()));
    };
    await run(world, world.begin(program([['a'], ['b']])), 2_000);
    world.kill();
    const second = world.begin(program([['x'], ['y']]));
    await run(world, second, 2_000);
    await second.ssc.stop();
    expect(seen.get(12_000)).toEqual(['a', 'b']);
    expect([seen.get(13_000), seen.get(14_000)]).toEqual([['x'], ['x', 'y']]);
  });

  it('logs the allocations of a graceful stop before the log is closed (REC-4)', async () => {
    const world = new RestartWorld();
    const [source, seen] = [new NumberSource(), new Map<number, number[]>()];
    const life = world.begin(numbersInto(seen, source));
    await run(world, life, 100);
    source.produced = 500;
    await world.pass(life, 60);
    expect(await life.ssc.stop()).toMatchObject({ isClean: true, unallocatedRecords: 0, errors: [] });
    expect(seen.get(11_000)).toHaveLength(500);
    const again = world.begin(numbersInto(seen, source));
    const batches = batchesOf(again);
    await run(world, again, 900);
    await again.ssc.stop();
    expect(batches).toEqual([]);
  });

  it('fails a batch whose input cannot be recorded instead of running it unrecorded', async () => {
    const world = new RestartWorld();
    const life = world.begin(
      (ssc) => ssc.queueStream<number>([(environment) => environment.parallelize([1])]).foreachRDD(() => {}),
      { batches: { onBatchFailure: 'skip' } },
    );
    const batches = batchesOf(life);
    await run(world, life, 3_000);
    expect(batches[0]).toMatchObject({ batchTime: 11_000, outcome: 'skipped' });
    const why = life.log.lines.find((line) => line.message === 'the jobs of a batch could not be generated');
    expect(why?.fields?.['error']).toMatchObject({ code: 'MR_GRAPH_INPUT_NOT_PORTABLE' });
    await life.ssc.stop();
  });

  it('cleans nothing up while checkpoints fail, and catches up when they succeed (WAL-4)', async () => {
    const world = new RestartWorld();
    const [source, seen] = [new NumberSource(), new Map<number, number[]>()];
    const life = world.begin(numbersInto(seen, source));
    const write = world.checkpoints.write.bind(world.checkpoints);
    await life.ssc.start();
    world.checkpoints.write = () => Promise.reject(new Error('the disk is full'));
    for (let turn = 0; turn < 50; turn += 1) {
      source.produced += 1;
      await world.pass(life, 100);
    }
    expect([...seen.keys()]).toEqual([11_000, 12_000, 13_000, 14_000, 15_000]);
    const keptMeanwhile = world.blocks.size;
    expect(keptMeanwhile).toBeGreaterThan(20);
    world.checkpoints.write = write;
    await world.pass(life, 3_000);
    expect(world.blocks.size).toBeLessThan(keptMeanwhile);
    await life.ssc.stop();
  });

  it('resumes from the previous checkpoint when the newest is damaged', async () => {
    const world = new RestartWorld();
    const [source, seen] = [new NumberSource(), new Map<number, number[]>()];
    const program = (ssc: StreamingContext): void => {
      ssc
        .receiverStream(source.receiver({ replayable: true, isAlive: () => true }))
        .window(2_000)
        .foreachRDD(async (rdd, { batchTime }) => {
          const records = await rdd.collect();
          if (seen.has(batchTime)) expect(records).toEqual(seen.get(batchTime));
          seen.set(batchTime, records);
        });
    };
    const first = world.begin(program);
    await first.ssc.start();
    for (let turn = 0; turn < 60; turn += 1) {
      source.produced += 1;
      await world.pass(first, 100);
    }
    world.kill();
    const newest = (await world.checkpoints.list()).at(-1) ?? 0;
    await world.checkpoints.write(newest, Uint8Array.of(0));
    const second = world.begin(program);
    const batches = batchesOf(second);
    await run(world, second, 1_000);
    expect((await second.ssc.stop()).isClean).toBe(true);
    expect(batches[0]).toMatchObject({ batchTime: newest, isRerun: true, outcome: 'succeeded' });
  });
});

describe('a source that is read again by ranges', () => {
  /** Batches of a source with logged ranges; batches from `blockedFrom` on never end. */
  function rangesInto(seen: Map<number, number[]>, source: NumberSource, blockedFrom = Infinity) {
    return (ssc: StreamingContext): void => {
      const receiver = source.receiver({ replayable: true, isAlive: () => true, readsRanges: true });
      ssc.receiverStream(receiver).foreachRDD(async (rdd, { batchTime }) => {
        if (batchTime >= blockedFrom) await new Promise(() => {});
        seen.set(batchTime, await rdd.collect());
      });
    };
  }

  /** A driver dies with one batch done, further batches made, and waiting blocks. */
  async function died(world: RestartWorld, source: NumberSource, seen: Map<number, number[]>) {
    const first = world.begin(rangesInto(seen, source, 12_000));
    await first.ssc.start();
    for (source.produced = 1; source.produced <= 35; source.produced += 1) await world.pass(first, 100);
    world.kill();
    source.produced = 40;
  }

  it('has the same blocks and records in every batch that runs again (BAT-1, BAT-4)', async () => {
    const world = new RestartWorld();
    const [source, seen] = [new NumberSource(), new Map<number, number[]>()];
    await died(world, source, seen);
    expect([world.blocks.size, source.rangesRead]).toEqual([0, []]);
    const second = world.begin(rangesInto(seen, source));
    const batches = batchesOf(second);
    await run(world, second, 2_000);
    await second.ssc.stop();
    expect(batches[0]).toMatchObject({ batchTime: 12_000, isRerun: true, outcome: 'succeeded' });
    expect(batches[0]?.recordCount).toBe(seen.get(12_000)?.length);
    const all = [...seen].toSorted(([a], [b]) => a - b).flatMap(([, numbers]) => numbers);
    expect(all).toEqual(Array.from({ length: 40 }, (_, n) => n));
    // Each block of a made batch, and each waiting block, was read again once, and the ranges join without a gap.
    const ranges = source.rangesRead.toSorted(([a], [b]) => a - b);
    expect(ranges.length).toBeGreaterThan(10);
    expect(ranges[0]?.[0]).toBe(seen.get(11_000)?.length);
    expect(ranges.slice(1).map(([first]) => first)).toEqual(ranges.slice(0, -1).map(([, last]) => last + 1));
  });

  it('stops the engine with a code when it no longer has the records (BAT-5)', async () => {
    const world = new RestartWorld();
    const [source, seen] = [new NumberSource(), new Map<number, number[]>()];
    await died(world, source, seen);
    source.keptFrom = 30;
    const second = world.begin(rangesInto(seen, source), { batches: { maxAttempts: 1 } });
    const ended = second.ssc.awaitTermination().catch((error: unknown) => error);
    await run(world, second, 3_000);
    const error = await ended;
    expect(codesOf(error)).toContain('MR_RECEIVER_RANGE_LOST');
    expect(seen.has(12_000)).toBe(false);
  });

  it('loses batches only when configured to, counted and one by one (BAT-5)', async () => {
    const world = new RestartWorld();
    const [source, seen] = [new NumberSource(), new Map<number, number[]>()];
    await died(world, source, seen);
    source.keptFrom = seen.get(11_000)?.length ?? 0;
    source.keptFrom += 5;
    const options = { batches: { maxAttempts: 1, onBatchFailure: 'skip' as const } };
    const second = world.begin(rangesInto(seen, source), options);
    const batches = batchesOf(second);
    await run(world, second, 2_000);
    await second.ssc.stop();
    expect(batches[0]).toMatchObject({ batchTime: 12_000, outcome: 'skipped' });
    const processed = [...seen.values()].reduce((sum, numbers) => sum + numbers.length, 0);
    expect(processed + (batches[0]?.recordCount ?? 0)).toBe(40);
  });

  it('rereads blocks that did not fit into memory, without any death', async () => {
    const world = new RestartWorld();
    const [source, seen] = [new NumberSource(), new Map<number, number[]>()];
    const life = world.begin(rangesInto(seen, source));
    await run(world, life, 100);
    source.produced = 7;
    await world.pass(life, 500);
    world.memory.clear();
    await world.pass(life, 500);
    expect(seen.get(11_000)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(source.rangesRead).toEqual([[0, 6]]);
    await life.ssc.stop();
  });
});

describe('a program that has changed', () => {
  const directory = '/checkpoints';

  /** Runs a program for two batches over a disk, then kills or stops it. */
  function onDisk() {
    const { storage } = virtualPorts();
    let nowMs = 10_000;
    let seed = 0;
    const context = (options: Partial<StandaloneContextOptions> = {}) => {
      const world = virtualPorts({ startMs: nowMs, seed: (seed += 1), storage });
      const ssc = new StreamingContext({
        appName: 'changing',
        batchIntervalMs: 1_000,
        plugins: [world.plugin],
        checkpointDirectory: directory,
        ...options,
      });
      return { ssc, ...world };
    };
    const runOnce = async ({ ssc, clock }: ReturnType<typeof context>) => {
      await ssc.start();
      await clock.advance(2_000);
      await ssc.stop();
      nowMs = clock.now();
    };
    return { storage, context, runOnce };
  }

  it('is accepted, with new operators and other functions', async () => {
    const { context, runOnce } = onDisk();
    const before = context();
    before.ssc.queueStream([[1]]).foreachRDD(() => {});
    await runOnce(before);
    const after = context();
    const seen: number[] = [];
    after.ssc
      .queueStream([[1]])
      .map((n) => n * 10)
      .foreachRDD((_, { batchTime }) => void seen.push(batchTime));
    await runOnce(after);
    expect(seen).toEqual([13_000, 14_000]);
  });

  it.each([
    [{ appName: 'other' }, 'MR_CHECKPOINT_OTHER_APPLICATION'],
    [{ batchIntervalMs: 500 }, 'MR_CHECKPOINT_INTERVAL_CHANGED'],
  ])('is refused with %j', async (options, code) => {
    const { context, runOnce } = onDisk();
    const before = context();
    before.ssc.queueStream([[1]]).foreachRDD(() => {});
    await runOnce(before);
    const after = context(options);
    after.ssc.queueStream([[1]]).foreachRDD(() => {});
    await expect(after.ssc.start()).rejects.toMatchObject({ code });
    expect(after.ssc.state).toBe('STOPPED');
  });

  it('is refused when the operator of a state is gone, unless that is allowed', async () => {
    const { context, runOnce } = onDisk();
    const before = context();
    before.ssc.textFileStream('/in').foreachRDD(() => {});
    await runOnce(before);
    const after = context();
    after.ssc.queueStream([[1]]).foreachRDD(() => {});
    await expect(after.ssc.start()).rejects.toMatchObject({
      code: 'MR_CHECKPOINT_STATE_DROPPED',
      details: { dropped: ['0-textFile'], present: ['0-queue'] },
    });
    const allowed = context({ allowDroppedState: true });
    allowed.ssc.queueStream([[1]]).foreachRDD(() => {});
    await runOnce(allowed);
  });

  it('reads the files that came while no driver ran, each once', async () => {
    const { storage, context, runOnce } = onDisk();
    const seen: string[] = [];
    const read = (ssc: StreamingContext) =>
      ssc.textFileStream('/in').foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
    const before = context();
    read(before.ssc);
    storage.writeFile('/in/one', 'first\n', { modifiedMs: 10_500 });
    await runOnce(before);
    storage.writeFile('/in/two', 'second\n', { modifiedMs: 12_100 });
    const after = context();
    await after.clock.setTime(15_500);
    read(after.ssc);
    await after.ssc.start();
    await settle();
    await after.ssc.stop();
    expect(seen).toEqual(['first', 'second']);
  });

  it('is made anew by getOrCreate every time, and keeps its checkpoints in that directory', async () => {
    const { storage, context, runOnce } = onDisk();
    let made = 0;
    const open = async () => {
      const parts = context();
      parts.ssc.queueStream([[1]]).foreachRDD(() => {});
      await StreamingContext.getOrCreate(directory, () => {
        made += 1;
        return parts.ssc;
      });
      return parts;
    };
    await runOnce(await open());
    await runOnce(await open());
    expect(made).toBe(2);
    expect(storage.paths()).toContain('/checkpoints/checkpoint-14000');
    const elsewhere = StreamingContext.getOrCreate('/elsewhere', () => context().ssc);
    await expect(elsewhere).rejects.toMatchObject({ code: 'MR_CONFIG_INVALID_OPTION' });
  });

  it('keeps the configured number of checkpoints', async () => {
    const { storage, context, runOnce } = onDisk();
    for (let life = 0; life < 3; life += 1) {
      const one = context({ checkpointsKept: 2 });
      one.ssc.queueStream([[1]]).foreachRDD(() => {});
      await runOnce(one);
    }
    expect(storage.paths()).toEqual(['/checkpoints/checkpoint-15000', '/checkpoints/checkpoint-16000']);
  });

  it('is refused in a directory that another context uses', async () => {
    const { context } = onDisk();
    const [one, other] = [context(), context()];
    for (const { ssc } of [one, other]) ssc.queueStream([[1]]).foreachRDD(() => {});
    await one.ssc.start();
    await expect(other.ssc.start()).rejects.toMatchObject({ code: 'MR_STORAGE_LOCKED' });
    await one.ssc.stop();
  });
});
