import { coreError, ManualClock, MemoryCheckpointStore, MsgpackCodec } from '@millrace/core';
import type { CheckpointInfo } from '@millrace/core/observation';
import { RecordingLogger, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { type CheckpointContent, decodeCheckpoint, encodeCheckpoint } from './checkpoint-content.ts';
import { CheckpointWriter } from './checkpoint-writer.ts';

const codec = new MsgpackCodec();

function contentAt(doneUpTo: number): CheckpointContent {
  return {
    application: 'test',
    batchIntervalMs: 1_000,
    zeroTime: 0,
    epoch: 1,
    doneUpTo,
    lastMade: doneUpTo,
    pending: [],
    fingerprint: 'f',
    operators: [{ id: '0-queue', kind: 'queue', hasUid: false, streamId: 0 }],
    state: [{ id: 'counts', kind: 'count', version: 1, data: new Map([['a', 1]]), parts: [] }],
  };
}

/** A writer at batch 0 over a store whose writes the test can delay or make fail. */
async function begun() {
  const store = new MemoryCheckpointStore();
  const log = new RecordingLogger();
  const world = {
    doneUpTo: 0,
    safe: [] as number[],
    fatal: [] as unknown[],
    tried: [] as CheckpointInfo[],
    gate: undefined as Promise<void> | undefined,
    fails: false,
  };
  const write = store.write.bind(store);
  store.write = async (batchTime, bytes) => {
    await world.gate;
    if (world.fails) throw new Error('the disk is full');
    await write(batchTime, bytes);
  };
  const writer = new CheckpointWriter({
    store,
    codec,
    log,
    clock: new ManualClock(),
    keep: 2,
    onTried: (info) => void world.tried.push(info),
    snapshot: async () => contentAt(world.doneUpTo),
    onDurable: () => undefined,
    onSafe: (doneUpTo) => void world.safe.push(doneUpTo),
    onFatal: (error) => void world.fatal.push(error),
  });
  await writer.begin();
  const done = async (batchTime: number) => {
    world.doneUpTo = batchTime;
    writer.request();
    await settle();
  };
  return { store, log, world, writer, done };
}

describe('CheckpointWriter', () => {
  it('writes after each batch, and reports as safe the batches that two checkpoints have passed (WAL-4)', async () => {
    const { store, world, done } = await begun();
    for (const time of [1, 2, 3]) await done(time);
    expect(await store.list()).toEqual([2, 3]);
    expect(world.safe).toEqual([0, 1, 2]);
  });

  it('tells about each checkpoint that was written or was not, also when the store refuses for good', async () => {
    const { store, world, done } = await begun();
    await done(1);
    world.fails = true;
    await done(2);
    store.write = () => Promise.reject(coreError('MR_STORAGE_DENIED', 'read-only'));
    await done(3);
    expect(
      world.tried.map(({ batchTime, failures, error }) => [batchTime, failures, error?.message]),
    ).toEqual([
      [0, undefined, undefined],
      [1, undefined, undefined],
      [1, 1, 'the disk is full'],
      [1, 2, 'read-only'],
    ]);
    expect(world.tried[1]).toMatchObject({ sizeBytes: (await store.newest())?.bytes.byteLength, parts: 0 });
  });

  it('writes one checkpoint at a time, and the newest moment after a delay', async () => {
    const { store, world, done, writer } = await begun();
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    for (const time of [1, 2, 3, 4]) await done(time);
    gate.resolve();
    await writer.end();
    expect(await store.list()).toEqual([1, 4]);
  });

  it('goes on while old checkpoints cannot be removed, and logs the first, the tenth, … failure in a row', async () => {
    const { store, log, world, done } = await begun();
    const denied = coreError('MR_STORAGE_DENIED', 'not the owner');
    const prune = store.prune.bind(store);
    store.prune = () =>
      Promise.reject(coreError('MR_CHECKPOINT_NOT_REMOVED', 'checkpoint-0 stays', { cause: denied }));
    for (let time = 1; time <= 12; time += 1) await done(time);
    expect([world.fatal, world.safe.at(-1)]).toEqual([[], 11]);
    expect(log.messages('warn')).toEqual(Array(2).fill('old checkpoints could not be removed'));
    store.prune = prune;
    await done(13);
    expect(await store.list()).toEqual([12, 13]);
  });

  it('ends the engine when a store can remove nothing for good, and says so', async () => {
    const { store, world, done } = await begun();
    const denied = coreError('MR_STORAGE_DENIED', 'not the owner');
    store.prune = () => Promise.reject(denied);
    await done(1);
    expect(world.fatal).toEqual([denied]);
  });

  it('logs a failure, reports no batch as safe, and tries again with the next batch', async () => {
    const { store, log, world, done } = await begun();
    world.fails = true;
    await done(1);
    expect([world.safe, log.lines.map(({ level }) => level)]).toEqual([[], ['warn']]);
    world.fails = false;
    await done(2);
    expect([await store.list(), world.safe]).toEqual([[0, 2], [0]]);
  });

  it('reports with a code that checkpoints fall behind, and reports the end of the delay', async () => {
    const { log, world, done } = await begun();
    world.fails = true;
    for (let time = 1; time <= 150; time += 1) await done(time);
    const told = log.lines.map(({ level, fields }) => [
      level,
      (fields?.['error'] as { code?: string } | undefined)?.code,
    ]);
    expect(told).toEqual([
      ['warn', undefined],
      ['error', 'MR_CHECKPOINT_BEHIND'],
      ['error', 'MR_CHECKPOINT_BEHIND'],
    ]);
    world.fails = false;
    await done(151);
    expect(log.lines.at(-1)).toMatchObject({ level: 'info', fields: { failures: 150 } });
  });

  it('ends with the changes that are not written yet, and accepts no further request', async () => {
    const { store, world, done, writer } = await begun();
    world.fails = true;
    await done(1);
    world.fails = false;
    await writer.end();
    await done(2);
    expect(await store.list()).toEqual([0, 1]);
  });

  it('rejects when the last checkpoint fails', async () => {
    const { world, done, writer } = await begun();
    world.fails = true;
    await done(1);
    await expect(writer.end()).rejects.toThrow('the disk is full');
  });
});

describe('parts of checkpoints that are kept', () => {
  /** A writer whose every checkpoint names one part of its own. */
  async function withParts(keep: number) {
    const store = new MemoryCheckpointStore();
    const parts = new Map<number, number>();
    let time = 1_000;
    const writer = new CheckpointWriter({
      store,
      codec,
      log: new RecordingLogger(),
      clock: new ManualClock(),
      keep,
      snapshot: async (stored) => {
        const own = await stored.write(Uint8Array.of(1));
        parts.set(time, own);
        const content = contentAt(time);
        const [state] = content.state;
        return { ...content, state: state === undefined ? [] : [{ ...state, parts: [own] }] };
      },
      onDurable: () => undefined,
      onSafe: () => undefined,
      onFatal: () => undefined,
    });
    await writer.begin();
    const next = async (step = 1_000) => {
      time += step;
      writer.request();
      await settle();
    };
    const complete = async () => {
      const present = await store.listParts();
      return (await store.list()).filter((kept) => !present.includes(parts.get(kept) ?? -1));
    };
    return { store, next, complete };
  }

  it.each([1, 2, 3])('are all present after a prune that failed once, with %i kept', async (keep) => {
    const { store, next, complete } = await withParts(keep);
    for (let round = 0; round < 3; round += 1) await next();
    const prune = store.prune.bind(store);
    store.prune = () => Promise.reject(new Error('EIO'));
    await next();
    // The checkpoint that could not be removed is complete, too.
    expect([(await store.list()).length, await complete()]).toEqual([keep + 1, []]);
    store.prune = prune;
    for (let round = 0; round < 5; round += 1) {
      await next();
      expect(await complete()).toEqual([]);
      expect((await store.listParts()).length).toBeLessThanOrEqual(keep);
    }
  });

  it('are all present when a checkpoint is written again under the same time', async () => {
    const { next, complete } = await withParts(2);
    await next();
    for (let round = 0; round < 3; round += 1) {
      await next(0);
      expect(await complete()).toEqual([]);
    }
  });

  it('are no more than needed after a write that failed when its checkpoint was in place', async () => {
    const { store, next, complete } = await withParts(2);
    await next();
    const write = store.write.bind(store);
    store.write = async (...checkpoint) => {
      await write(...checkpoint);
      throw new Error('the directory could not be synced');
    };
    await next();
    store.write = write;
    await next();
    expect([await store.list(), await complete()]).toEqual([[3_000, 4_000], []]);
    expect(await store.listParts()).toEqual([3, 4]);
  });

  it('are removed when no longer needed, although one of the parts cannot be removed', async () => {
    const { store, next } = await withParts(2);
    const remove = store.removePart.bind(store);
    store.removePart = (part) => (part === 1 ? Promise.reject(new Error('EBUSY')) : remove(part));
    for (let round = 0; round < 6; round += 1) await next();
    expect(await store.listParts()).toEqual([1, 6, 7]);
  });
});

describe('a checkpoint', () => {
  it('is decoded as it was encoded, maps included', () => {
    expect(decodeCheckpoint(codec, encodeCheckpoint(codec, contentAt(7)))).toEqual(contentAt(7));
  });

  it.each([
    ['damaged bytes', Uint8Array.of(1, 2, 3)],
    ['nothing', new Uint8Array()],
    ['something else', codec.encodeRecords([1, { doneUpTo: 'soon' }])],
  ])('is not decoded from %s', (_, bytes) => {
    expect(decodeCheckpoint(codec, bytes)).toBeUndefined();
  });

  it('of an unknown format is refused, not passed over', () => {
    const bytes = codec.encodeRecords([2, contentAt(7)]);
    const code = 'MR_CHECKPOINT_FORMAT_UNSUPPORTED';
    expect(() => decodeCheckpoint(codec, bytes)).toThrow(expect.objectContaining({ code }));
  });
});
