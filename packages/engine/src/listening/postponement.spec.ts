import type { BatchInfo, OutputOperationInfo, StreamingEvents } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { EventFreezer } from './frozen-event.ts';
import { PostedEvent } from './posted-event.ts';
import { isPostponable } from './postponable.ts';
import { Postponement } from './postponement.ts';

const freezer = new EventFreezer();

const batchOf = (batchTime: number, inputs = 1): BatchInfo => ({
  batchTime,
  inputs: new Map(
    Array.from({ length: inputs }, (_, streamId) => [
      streamId,
      { streamId, streamName: 's', recordCount: 1, sizeBytes: 1, blockCount: 1, metadata: {} },
    ]),
  ),
  recordCount: inputs,
  submissionMs: batchTime,
  phases: { generatorLagMs: 0, allocateMs: 0, generateMs: 0, queueMs: 0, processMs: 0 },
  outputOperations: [],
  isRerun: false,
});

const operationOf = (batchTime: number, differences: Partial<OutputOperationInfo> = {}) => ({
  operation: { batchTime, id: 0, name: 'write', attempts: 1, ...differences },
});

/** Events that wait, and their answers. */
class Waiting {
  readonly postponement = new Postponement();
  /** True: as in a queue. */
  leavesOutEarly = false;
  #events: PostedEvent[] = [];

  add<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K], postedMs: number): boolean {
    const posted = new PostedEvent(event, value, postedMs, freezer);
    if (this.leavesOutEarly) this.postponement.leaveOutPassed(this.#events, posted);
    this.#events.push(posted);
    return this.postponement.isDue(posted);
  }

  /** Adds the events of a batch. Returns the answers. */
  addBatch(batchTime: number, postedMs: number): readonly boolean[] {
    const batch = batchOf(batchTime);
    return [
      this.add('batch:submitted', { batch }, postedMs),
      this.add('batch:started', { batch }, postedMs),
      this.add('output-operation:started', operationOf(batchTime, { attempts: 0 }), postedMs),
      this.add('output-operation:completed', operationOf(batchTime), postedMs),
      this.add('batch:completed', { batch }, postedMs),
    ];
  }

  get names(): readonly string[] {
    return this.#events.map(({ event }) => event);
  }

  take(monotonicMs: number): readonly string[] {
    return this.postponement.begin(this.#events.splice(0), monotonicMs).map(({ event }) => event);
  }
}

describe('Postponement', () => {
  it('lets the first batch be due at once, and further ones together each second', () => {
    const waiting = new Waiting();
    expect(waiting.addBatch(1, 0)).toEqual([false, false, false, false, true]);
    waiting.take(0);
    const answers = Array.from({ length: 120 }, (_, index) => waiting.addBatch(index + 2, 10 * index));
    expect(answers.flat().indexOf(true)).toBe(100 * 5 + 4);
  });

  it('leaves out the other events of completed batches, and keeps those of others', () => {
    const waiting = new Waiting();
    waiting.addBatch(1, 0);
    waiting.add('batch:submitted', { batch: batchOf(2) }, 5);
    expect(waiting.take(10)).toEqual(['batch:completed', 'batch:submitted']);
    waiting.add('batch:started', { batch: batchOf(2) }, 15);
    expect(waiting.take(20)).toEqual(['batch:started']);
  });

  it('leaves out the events of a batch at its end already, and counts them no more', () => {
    const waiting = new Waiting();
    waiting.take(0);
    waiting.leavesOutEarly = true;
    for (let batchTime = 1; batchTime <= 990; batchTime += 1)
      expect(waiting.addBatch(batchTime, 1)).not.toContain(true);
    expect(new Set(waiting.names)).toEqual(new Set(['batch:completed']));
    expect(waiting.names).toHaveLength(990);
    expect(waiting.take(2)).toHaveLength(990);
  });

  it('leaves out at the end of a batch no event that says more, or is of another batch', () => {
    const waiting = new Waiting();
    waiting.leavesOutEarly = true;
    waiting.add('batch:submitted', { batch: batchOf(1) }, 0);
    waiting.add('state:changed', { state: { batchTime: 1, operator: 'o', keys: 1 } }, 0);
    waiting.add('batch:submitted', { batch: batchOf(2) }, 0);
    waiting.addBatch(1, 0);
    expect(waiting.names).toEqual(['batch:submitted', 'state:changed', 'batch:submitted', 'batch:completed']);
    expect(waiting.take(0)).toEqual(['state:changed', 'batch:submitted', 'batch:completed']);
  });

  it.each([{ attempts: 2 }, { failure: { name: 'Error', message: 'no' } }])(
    'lets an operation with %j wait no longer, and keeps every event of its batch',
    (differences) => {
      const waiting = new Waiting();
      waiting.add('batch:submitted', { batch: batchOf(1) }, 0);
      waiting.add('output-operation:started', operationOf(1, { attempts: 0 }), 0);
      expect(waiting.add('output-operation:completed', operationOf(1, differences), 0)).toBe(true);
      expect(waiting.take(0)).toEqual([
        'batch:submitted',
        'output-operation:started',
        'output-operation:completed',
      ]);
    },
  );

  it('keeps a failure and a retry of a completed batch', () => {
    const waiting = new Waiting();
    waiting.add('output-operation:completed', operationOf(1, { failure: { name: 'E', message: 'no' } }), 0);
    waiting.add('output-operation:started', operationOf(1, { attempts: 2 }), 0);
    waiting.addBatch(1, 0);
    expect(waiting.take(0)).toEqual([
      'output-operation:completed',
      'output-operation:started',
      'batch:completed',
    ]);
  });

  it('is bounded in events and in the inputs that events hold', () => {
    const waiting = new Waiting();
    waiting.take(0);
    const starts = Array.from({ length: 1_000 }, () =>
      waiting.add('output-operation:started', operationOf(2), 1),
    );
    expect(starts.indexOf(true)).toBe(999);
    waiting.take(1);
    const wide = [3, 4, 5].map((batchTime) =>
      waiting.add('batch:submitted', { batch: batchOf(batchTime, 400) }, 2),
    );
    expect(wide).toEqual([false, false, true]);
  });

  it('is for the events of batches', () => {
    expect(isPostponable('batch:completed')).toBe(true);
    expect(isPostponable('watermark:advanced')).toBe(true);
    expect(isPostponable('batch-times:adjusted')).toBe(false);
    const waiting = new Waiting();
    expect(waiting.add('streaming:started', { timeMs: 1 }, 0)).toBe(true);
  });
});
