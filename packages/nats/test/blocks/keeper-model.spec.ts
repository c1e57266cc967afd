// The keeper under random work: executors store and register in any order, batches take and release blocks, requests to the servers
// get lost, drivers are replaced. No block that anybody may still ask for is ever removed.
import { type ReceivedBlockInfo, SeededRandom, type StoredBlock } from '@millrace/core';
import { textBlock } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { NatsBlockKeeper } from '../../src/blocks/nats-block-keeper.ts';
import { BlocksWorld, blockId, GRACE_MS } from './blocks-world.ts';

const SEEDS = 40;
const STEPS = 150;

/** The driver's decisions about blocks, as its log has them. */
interface Decisions {
  readonly waiting: Map<string, { readonly block: ReceivedBlockInfo; readonly timeMs: number }>;
  readonly batches: Map<number, readonly ReceivedBlockInfo[]>;
  released: number;
  lastBatch: number;
}

interface Stored {
  readonly block: StoredBlock;
  readonly atMs: number;
}

class Run {
  readonly random: SeededRandom;
  readonly world: BlocksWorld;
  readonly decisions: Decisions = { waiting: new Map(), batches: new Map(), released: 0, lastBatch: 0 };
  /** Stored and not registered. */
  readonly unregistered: Stored[] = [];
  keeper!: NatsBlockKeeper;
  #blocks = 0;
  #isLossy = false;
  #store!: (n: number) => Promise<StoredBlock>;

  private constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.world = new BlocksWorld({ seed, count: 2, streams: { losesAck: () => this.#loses() } });
  }

  static async begin(seed: number): Promise<Run> {
    const run = new Run(seed);
    await run.world.createStreams();
    const { handler } = await run.world.process();
    run.#store = (n) => handler.storeBlock(blockId(n), textBlock('x\n'.repeat(1 + run.random.integer(50))));
    await run.takeOver();
    return run;
  }

  #loses(): boolean {
    return this.#isLossy && this.random.integer(3) === 0;
  }

  /** A new driver: hears what the log has, in the order of the log. */
  async takeOver(): Promise<void> {
    this.keeper = await this.world.keeper();
    const { batches, waiting, released } = this.decisions;
    for (const [batchTime, blocks] of batches) this.keeper.allocated(batchTime, blocks);
    for (const { block, timeMs } of waiting.values()) this.keeper.added(block, timeMs);
    if (released > 0) this.keeper.released(released);
    this.keeper.recovered();
  }

  async step(): Promise<void> {
    const { random, world, decisions, keeper } = this;
    const choice = random.integer(20);
    this.#isLossy = random.integer(4) === 0;
    if (choice < 7) {
      this.#blocks += 1;
      const block = await world.until(this.#store(this.#blocks));
      this.unregistered.push({ block, atMs: world.clock.monotonicMs() });
    } else if (choice < 13) this.#register();
    else if (choice < 16) {
      const batchTime = decisions.lastBatch + 1_000;
      const blocks = [...decisions.waiting.values()].map(({ block }) => block);
      decisions.lastBatch = batchTime;
      decisions.waiting.clear();
      decisions.batches.set(batchTime, blocks);
      keeper.allocated(batchTime, blocks);
    } else if (choice < 18) {
      const threshold = Math.max(decisions.released, decisions.lastBatch - 1_000 * random.integer(3));
      decisions.released = threshold;
      for (const batchTime of decisions.batches.keys())
        if (batchTime < threshold) decisions.batches.delete(batchTime);
      keeper.released(threshold);
    } else if (choice === 18) await world.clock.advance(random.integer(GRACE_MS / 4));
    else if (random.integer(3) === 0) await this.takeOver();
    if (random.integer(3) === 0) await world.settled();
  }

  /** Registers any stored block, or loses it with its executor. */
  #register(): void {
    const { random, decisions, keeper, world } = this;
    if (this.unregistered.length === 0) return;
    const [{ block, atMs }] = this.unregistered.splice(random.integer(this.unregistered.length), 1) as [
      Stored,
    ];
    if (random.integer(8) === 0 || world.clock.monotonicMs() - atMs >= GRACE_MS) return;
    const info: ReceivedBlockInfo = { ...block, streamId: 0, executorId: 'e' };
    decisions.waiting.set(block.blockId, { block: info, timeMs: decisions.lastBatch });
    keeper.added(info, decisions.lastBatch);
  }

  /** The blocks that somebody may ask for and that are not in the streams. */
  async missing(): Promise<readonly string[]> {
    const { world, decisions } = this;
    const young = this.unregistered.filter(({ atMs }) => world.clock.monotonicMs() - atMs < GRACE_MS);
    const needed: StoredBlock[] = [
      ...[...decisions.waiting.values()].map(({ block }) => block),
      ...[...decisions.batches.values()].flat(),
      ...young.map(({ block }) => block),
    ];
    const there = new Set(world.sequences());
    return needed
      .filter(({ handle }) => !there.has(`${handle?.segment} ${handle?.offset}`))
      .map((block) => block.blockId);
  }
}

describe('the keeper of blocks on NATS', () => {
  it(`removes no block that anybody may ask for, in ${SEEDS} random runs (WAL-4)`, async () => {
    let removed = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const run = await Run.begin(seed);
      for (let step = 0; step < STEPS; step += 1) {
        await run.step();
        expect([seed, step, await run.missing()]).toEqual([seed, step, []]);
      }
      await run.world.settled();
      removed += run.world.removed();
    }
    expect(removed).toBeGreaterThan(SEEDS * 5);
  });

  it('removes everything in the end, also what nobody registered', async () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const run = await Run.begin(seed);
      for (let step = 0; step < STEPS; step += 1) await run.step();
      const { decisions, keeper, world } = run;
      keeper.allocated(
        decisions.lastBatch + 1_000,
        [...decisions.waiting.values()].map(({ block }) => block),
      );
      keeper.released(decisions.lastBatch + 2_000);
      await world.settled();
      await world.clock.advance(2 * GRACE_MS);
      keeper.released(decisions.lastBatch + 2_000);
      await world.settled();
      // Holes behind the newest block that was told of stay, until another block is.
      expect(world.messages).toBeLessThanOrEqual(run.unregistered.length + 20);
    }
  });
});
