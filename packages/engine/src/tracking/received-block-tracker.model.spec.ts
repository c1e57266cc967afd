// Random additions, repetitions, allocations, clean-ups and log failures against a model of lists and sets, simple
// enough to be clearly right. After every step tracker and model must show the same.
import assert from 'node:assert/strict';
import type { BatchTime, ReceivedBlockInfo, StreamId } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { receivedBlock } from '../../test/received-blocks.ts';
import { ScriptedMetadataLog } from '../../test/scripted-metadata-log.ts';
import type { MetadataEvent } from './metadata-log.ts';
import { ReceivedBlockTracker } from './received-block-tracker.ts';

const STREAMS = [0, 1] as const;
const ATTEMPTS = ['x', 'y'] as const;

/** The expected content of the tracker. */
interface Model {
  readonly waiting: Map<StreamId, string[]>;
  readonly registered: Set<string>;
  readonly batches: Map<BatchTime, Map<StreamId, string[]>>;
  lastBatch: BatchTime;
  nextSequence: number;
  isLogBroken: boolean;
}

interface Real {
  readonly tracker: ReceivedBlockTracker;
  readonly metadataLog: ScriptedMetadataLog;
}

type Command = fc.AsyncCommand<Model, Real>;

const ids = (blocks: readonly ReceivedBlockInfo[]) => blocks.map((block) => block.blockId);

/** Adds a new block, or for `back` > 0 an earlier block again, counted back. */
class AddBlock implements Command {
  readonly streamId: StreamId;
  readonly back: number;
  readonly attempt: string;

  constructor(streamId: StreamId, back: number, attempt: string) {
    this.streamId = streamId;
    this.back = back;
    this.attempt = attempt;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, { tracker }: Real): Promise<void> {
    const sequence = Math.max(0, model.nextSequence - this.back);
    const block = receivedBlock(sequence, { streamId: this.streamId, attempt: this.attempt });
    const isKnown = model.registered.has(block.blockId);
    const expected = isKnown ? 'known' : model.isLogBroken ? 'refused' : 'new';
    assert.equal(await tracker.addBlock(block), expected);
    if (this.back === 0) model.nextSequence += 1;
    if (isKnown || model.isLogBroken) return;
    model.registered.add(block.blockId);
    model.waiting.get(this.streamId)?.push(block.blockId);
  }

  toString(): string {
    return `add(stream ${this.streamId}, ${this.back} back, ${this.attempt})`;
  }
}

/** Allocates the next batch, or for `back` > 0 an earlier batch again, counted back. */
class Allocate implements Command {
  readonly back: number;

  constructor(back: number) {
    this.back = back;
  }

  check(model: Readonly<Model>): boolean {
    return this.back <= model.lastBatch;
  }

  async run(model: Model, { tracker }: Real): Promise<void> {
    const batchTime = model.lastBatch + 1 - this.back;
    const existing = model.batches.get(batchTime);
    if (existing === undefined && (this.back > 0 || model.isLogBroken)) {
      const code = this.back > 0 ? 'MR_TRACKING_BATCH_FORGOTTEN' : 'MR_TRACKING_ALLOCATION_REFUSED';
      await assert.rejects(tracker.allocateBlocksToBatch(batchTime), { code });
      return;
    }
    const expected = existing ?? new Map([...model.waiting].map(([id, blocks]) => [id, [...blocks]]));
    const input = await tracker.allocateBlocksToBatch(batchTime);
    assert.deepEqual(new Map([...input.blocks].map(([id, blocks]) => [id, ids(blocks)])), expected);
    if (existing !== undefined) return;
    model.batches.set(batchTime, expected);
    model.lastBatch = batchTime;
    for (const blocks of model.waiting.values()) blocks.length = 0;
  }

  toString(): string {
    return `allocate(${this.back} back)`;
  }
}

/** Cleans up all batches older than the given number. */
class CleanUp implements Command {
  readonly keep: number;

  constructor(keep: number) {
    this.keep = keep;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, { tracker }: Real): Promise<void> {
    const threshold = model.lastBatch - this.keep;
    const old = [...model.batches.keys()].filter((time) => time < threshold);
    const isDone = old.length === 0 || !model.isLogBroken;
    assert.equal(await tracker.cleanupOldBatches(threshold), isDone);
    if (isDone) for (const time of old) model.batches.delete(time);
  }

  toString(): string {
    return `cleanUp(keep ${this.keep})`;
  }
}

/** Breaks or repairs the log. */
class SetLog implements Command {
  readonly isBroken: boolean;

  constructor(isBroken: boolean) {
    this.isBroken = isBroken;
  }

  check(): boolean {
    return true;
  }

  async run(model: Model, { metadataLog }: Real): Promise<void> {
    model.isLogBroken = this.isBroken;
    metadataLog.isBroken = this.isBroken;
  }

  toString(): string {
    return this.isBroken ? 'breakLog()' : 'mendLog()';
  }
}

/** Compares the tracker with the model. */
function expectSame(model: Model, { tracker }: Real): void {
  expect(tracker.hasUnallocatedBlocks()).toBe(
    [...model.waiting.values()].some((blocks) => blocks.length > 0),
  );
  expect(tracker.unallocatedRecordCount()).toBe([...model.waiting.values()].flat().length * 10);
  for (let time = 1; time <= model.lastBatch + 1; time += 1) {
    const expected = model.batches.get(time);
    const input = tracker.blocksOfBatch(time);
    expect(input !== undefined).toBe(expected !== undefined);
    for (const streamId of STREAMS)
      expect(ids(input?.blocks.get(streamId) ?? [])).toEqual(expected?.get(streamId) ?? []);
  }
}

/** Checks the log by itself: each block is added once, before its batch, and in one batch only. */
function expectSoundLog(events: readonly MetadataEvent[]): void {
  const added = new Set<string>();
  const allocated = new Set<string>();
  for (const event of events) {
    if (event.kind === 'block-addition') {
      expect(added.has(event.block.blockId)).toBe(false);
      added.add(event.block.blockId);
    }
    if (event.kind !== 'batch-allocation') continue;
    for (const id of [...event.input.blocks.values()].flatMap(ids)) {
      expect(added.has(id)).toBe(true);
      expect(allocated.has(id)).toBe(false);
      allocated.add(id);
    }
  }
}

const commands = fc.commands(
  [
    fc
      .tuple(fc.constantFrom(...STREAMS), fc.constant(0), fc.constantFrom(...ATTEMPTS))
      .map(([streamId, back, attempt]) => new AddBlock(streamId, back, attempt)),
    fc
      .tuple(fc.constantFrom(...STREAMS), fc.integer({ min: 1, max: 8 }), fc.constantFrom(...ATTEMPTS))
      .map(([streamId, back, attempt]) => new AddBlock(streamId, back, attempt)),
    fc.integer({ min: 0, max: 4 }).map((back) => new Allocate(back)),
    fc.constant(new Allocate(0)),
    fc.nat(3).map((keep) => new CleanUp(keep)),
    fc.boolean().map((isBroken) => new SetLog(isBroken)),
  ],
  { maxCommands: 60, size: 'max' },
);

describe('ReceivedBlockTracker against its model', () => {
  it('keeps every block in exactly one place, in order (BAT-1, BAT-4, BLK-1)', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        const metadataLog = new ScriptedMetadataLog();
        const tracker = new ReceivedBlockTracker({
          streamIds: [...STREAMS],
          log: new RecordingLogger(),
          metadataLog,
        });
        for (const streamId of STREAMS)
          for (const attempt of ATTEMPTS) tracker.beginAttempt(streamId, attempt);
        const real = { tracker, metadataLog };
        const model: Model = {
          waiting: new Map(STREAMS.map((id) => [id, []])),
          registered: new Set(),
          batches: new Map(),
          lastBatch: 0,
          nextSequence: 0,
          isLogBroken: false,
        };
        await fc.asyncModelRun(() => ({ model, real }), steps);
        expectSame(model, real);
        expectSoundLog(metadataLog.events);
      }),
      { numRuns: 200 },
    );
  });

  it('loses and doubles no block when all operations run at once (BAT-1, BLK-1)', async () => {
    const action = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), sequence: fc.nat(30) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('allocate' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('hold' as const, 'release' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 80, size: 'max' }), async (actions) => {
        const metadataLog = new ScriptedMetadataLog();
        const tracker = new ReceivedBlockTracker({ streamIds: [0], log: new RecordingLogger(), metadataLog });
        tracker.beginAttempt(0, 'first');
        const additions: Promise<unknown>[] = [];
        const batches: ReturnType<ReceivedBlockTracker['allocateBlocksToBatch']>[] = [];
        const sent = new Set<string>();
        for (const [index, one] of actions.entries()) {
          if (one.kind === 'add') {
            const block = receivedBlock(one.sequence);
            sent.add(block.blockId);
            additions.push(tracker.addBlock(block));
          } else if (one.kind === 'allocate') batches.push(tracker.allocateBlocksToBatch(index + 1));
          else if (one.kind === 'hold') metadataLog.hold();
          else metadataLog.release();
          if (index % 3 === 0) await Promise.resolve();
        }
        metadataLog.release();
        await Promise.all(additions);
        batches.push(tracker.allocateBlocksToBatch(1_000));
        const inputs = await Promise.all(batches);
        const given = inputs.flatMap((input) => ids(input.blocks.get(0) ?? []));
        expect([...given].sort()).toEqual([...sent].sort());
        expectSoundLog(metadataLog.events);
      }),
      { numRuns: 200 },
    );
  });
});
