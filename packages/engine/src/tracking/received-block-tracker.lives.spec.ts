// Drivers that follow each other over one log that is cleaned, and executors of all of them that add blocks, new ones and
// old ones. Whatever the order, a block is in one batch at most, and every accepted block is in one.
import { MsgpackCodec } from '@millrace/core';
import { MemoryWriteAheadLogFactory, RecordingLogger } from '@millrace/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { receivedBlock } from '../../test/received-blocks.ts';
import { LoggedMetadataLog } from './logged-metadata-log.ts';
import { ReceivedBlockTracker } from './received-block-tracker.ts';

/** All lives together: each driver begins one attempt, and its executor names its blocks on. */
class World {
  readonly #factory = new MemoryWriteAheadLogFactory();
  #tracker: ReceivedBlockTracker | undefined;
  #lives = 0;
  #batchTime = 0;
  /** The names of accepted blocks. */
  readonly accepted = new Set<string>();
  /** The names of blocks in all batches, in the order of the batches. */
  readonly given: string[] = [];

  get #current(): ReceivedBlockTracker {
    if (this.#tracker === undefined) throw new Error('no driver runs');
    return this.#tracker;
  }

  /** The driver dies, if there is one, and the next driver begins. */
  async nextLife(): Promise<void> {
    this.#factory.crash();
    this.#lives += 1;
    const metadataLog = new LoggedMetadataLog(await this.#factory.open('log'), new MsgpackCodec());
    const tracker = new ReceivedBlockTracker({ streamIds: [0], log: new RecordingLogger(), metadataLog });
    await metadataLog.replay((event) => tracker.replay(event));
    tracker.beginAttempt(0, `${this.#lives}`);
    this.#tracker = tracker;
  }

  /** The executor of a life, the newest one for 0, adds a block. */
  async add(livesAgo: number, sequence: number): Promise<void> {
    const attempt = `${Math.max(1, this.#lives - livesAgo)}`;
    const block = receivedBlock(sequence, { attempt, durability: 'process' });
    const admission = await this.#current.addBlock(block);
    if (livesAgo === 0) expect(admission).toBe(this.accepted.has(block.blockId) ? 'known' : 'new');
    if (admission === 'known') expect(this.accepted).toContain(block.blockId);
    if (admission === 'new') this.accepted.add(block.blockId);
  }

  /** The next batch takes all blocks that wait. */
  async allocate(): Promise<void> {
    this.#batchTime += 1;
    const input = await this.#current.allocateBlocksToBatch(this.#batchTime);
    this.given.push(...(input.blocks.get(0) ?? []).map(({ blockId }) => blockId));
  }

  /** All batches but the last so many are done, and leave the log. */
  async cleanUp(keep: number): Promise<void> {
    await this.#current.cleanupOldBatches(this.#batchTime - keep);
  }
}

type Act = (world: World) => Promise<void>;

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(2), fc.nat(6)).map(
      ([life, n]): Act =>
        (world) =>
          world.add(life, n),
    ),
  },
  { weight: 3, arbitrary: fc.constant<Act>((world) => world.allocate()) },
  {
    weight: 2,
    arbitrary: fc.nat(2).map(
      (keep): Act =>
        (world) =>
          world.cleanUp(keep),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Act>((world) => world.nextLife()) },
);

it('drivers that follow each other give every accepted block to one batch (BAT-1, BLK-1)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { maxLength: 60, size: 'max' }), async (steps) => {
      const world = new World();
      await world.nextLife();
      for (const act of steps) await act(world);
      await world.allocate();
      expect(world.given.toSorted()).toEqual([...world.accepted].toSorted());
    }),
    { numRuns: 300 },
  );
});
