// An engine with blocks on NATS servers in memory: a driver dies with blocks that are registered, its successor runs their batches,
// and the streams are empty again when the batches are done.
import {
  BlockLogKeeper,
  Clock,
  defineReceiver,
  Logger,
  MemoryCheckpointStore,
  CheckpointStore,
  noOptions,
  provide,
  RandomSource,
  ReceivedBlockHandler,
  type Receiver,
  type ReceiverContext,
  Storage,
  WriteAheadLogFactory,
} from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { MemoryStorage, MemoryWriteAheadLogFactory } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { BlocksWorld, GRACE_MS } from './blocks-world.ts';

/** A source of numbers that sends unacknowledged numbers again. */
class Source {
  produced = 0;
  readonly acknowledged: number[] = [];
  isAlive = true;

  readonly receiver = defineReceiver({
    name: 'numbers',
    contract: 1,
    capabilities: {
      ack: 'cumulative',
      replayable: false,
      ordering: 'per-stream',
      pause: true,
      bounded: false,
      format: 'records',
      touches: [],
    },
    options: noOptions,
    create: (): Receiver<number> => ({
      start: (context) => this.#poll(context, this.acknowledged.length),
      stop: () => undefined,
      acknowledge: (tokens) => {
        if (this.isAlive) this.acknowledged.push(...(tokens as number[]));
      },
    }),
  });

  #poll(context: ReceiverContext<number>, from: number): void {
    let next = from;
    const poll = (): void => {
      if (context.signal.aborted) return;
      for (; next < this.produced; next += 1) context.store(next, next);
      context.clock.after(50, poll);
    };
    poll();
  }
}

describe('an engine with blocks on NATS', () => {
  it('loses nothing with its driver, and its streams are empty in the end (REC-1, WAL-4)', async () => {
    const world = await BlocksWorld.create();
    const logs = new MemoryWriteAheadLogFactory();
    const checkpoints = new MemoryCheckpointStore();
    const source = new Source();
    const seen = new Map<number, readonly number[]>();
    let isBlocked = true;
    const begin = async (): Promise<StreamingContext> => {
      const { handler } = await world.process();
      const { clock, random, log } = world;
      const ssc = new StreamingContext({
        appName: 'numbers',
        batchIntervalMs: 1_000,
        plugins: [
          provide(Clock, clock),
          provide(RandomSource, random),
          provide(Storage, new MemoryStorage({ clock })),
          provide(Logger, log),
          provide(WriteAheadLogFactory, logs),
          provide(CheckpointStore, checkpoints),
          // The world has opened the handler.
          provide(ReceivedBlockHandler, Object.assign(handler, { open: undefined })),
          provide(BlockLogKeeper, await world.keeper()),
        ],
      });
      ssc.receiverStream(source.receiver({})).foreachRDD(async (rdd, { batchTime }) => {
        if (isBlocked && source.produced > 20) await new Promise(() => undefined);
        seen.set(batchTime, await rdd.collect());
      });
      await world.until(ssc.start());
      return ssc;
    };
    await begin();
    for (; source.produced < 60; source.produced += 1) await world.clock.advance(100);
    expect(source.acknowledged.length).toBeGreaterThan(40);
    expect(world.messages).toBeGreaterThan(0);
    // The process dies with batches that never end.
    source.isAlive = false;
    logs.crash();
    await world.clock.advance(1_000);
    source.isAlive = true;
    isBlocked = false;
    const second = await begin();
    for (; source.produced < 80; source.produced += 1) await world.clock.advance(100);
    await world.clock.advance(5_000);
    const all = [...seen].toSorted(([a], [b]) => a - b).flatMap(([, numbers]) => numbers);
    expect([...new Set(all)].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 80 }, (_, n) => n));
    // Blocks that the first driver never registered go after the grace, before a block that came later.
    for (let n = 0; n < 12; n += 1) {
      source.produced += 1;
      await world.clock.advance(GRACE_MS / 4);
    }
    await world.clock.advance(5_000);
    await world.settled();
    expect(world.removed()).toBeGreaterThan(40);
    expect(world.messages).toBe(0);
    await world.until(second.stop());
  });
});
