import type { BatchInfo, OutputOperationInfo } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { anyBatch, anyInput, submitted } from '../test/virtual-engine.ts';
import { EventBuffer, isBatchEvent } from './event-buffer.ts';

const operation = (batchTime: number, differences: Partial<OutputOperationInfo> = {}) => ({
  operation: { batchTime, id: 0, name: 'write', attempts: 1, ...differences },
});

/** Adds the events of a batch. Returns the answers. */
function addBatch(buffer: EventBuffer, batch: BatchInfo, monotonicMs: number): readonly boolean[] {
  const { batchTime } = batch;
  return [
    buffer.add('batch:submitted', { batch: submitted(batch) }, monotonicMs),
    buffer.add('batch:started', { batch: submitted(batch) }, monotonicMs),
    buffer.add('output-operation:started', operation(batchTime, { attempts: 0 }), monotonicMs),
    buffer.add('output-operation:completed', operation(batchTime), monotonicMs),
    buffer.add('batch:completed', { batch }, monotonicMs),
  ];
}

const names = (buffer: EventBuffer, monotonicMs: number) =>
  buffer.takeAll(monotonicMs).map(({ event }) => event);

describe('EventBuffer', () => {
  it('takes the first batch at once, and further ones together each 250 ms', () => {
    const buffer = new EventBuffer();
    expect(addBatch(buffer, anyBatch(1), 0).at(-1)).toBe(true);
    buffer.takeAll(0);
    const answers = Array.from({ length: 30 }, (_, index) =>
      addBatch(buffer, anyBatch(index + 2), 10 * index),
    );
    expect(answers.flat().indexOf(true)).toBe(25 * 5 + 4);
  });

  it('leaves out the starts of batches that have ended, and keeps those of others', () => {
    const buffer = new EventBuffer();
    addBatch(buffer, anyBatch(1), 0);
    buffer.add('batch:submitted', { batch: submitted(anyBatch(2)) }, 5);
    expect(names(buffer, 10)).toEqual(['output-operation:completed', 'batch:completed', 'batch:submitted']);
    expect(names(buffer, 10)).toEqual([]);
    buffer.add('batch:started', { batch: submitted(anyBatch(2)) }, 15);
    expect(names(buffer, 20)).toEqual(['batch:started']);
  });

  it.each([{ attempts: 2 }, { failure: { name: 'Error', message: 'no' } }])(
    'takes an operation with %j at once, and keeps every event of its batch',
    (differences) => {
      const buffer = new EventBuffer();
      buffer.add('batch:submitted', { batch: submitted(anyBatch(1)) }, 0);
      buffer.add('batch:started', { batch: submitted(anyBatch(1)) }, 0);
      buffer.add('output-operation:started', operation(1, { attempts: 0 }), 0);
      expect(buffer.add('output-operation:completed', operation(1, differences), 0)).toBe(true);
      expect(names(buffer, 0)).toEqual([
        'batch:submitted',
        'batch:started',
        'output-operation:started',
        'output-operation:completed',
      ]);
      buffer.add('batch:completed', { batch: anyBatch(1) }, 0);
      expect(names(buffer, 0)).toEqual(['batch:completed']);
    },
  );

  it('is bounded in events and in the inputs that events hold', () => {
    const buffer = new EventBuffer();
    buffer.add('batch:completed', { batch: anyBatch(1) }, 0);
    buffer.takeAll(0);
    const starts = Array.from({ length: 200 }, () => buffer.add('output-operation:started', operation(2), 1));
    expect(starts.indexOf(true)).toBe(199);
    buffer.takeAll(1);
    const inputs = Array.from({ length: 400 }, (_, streamId) => anyInput({ streamId }));
    const wide = Array.from({ length: 3 }, (_, index) =>
      buffer.add('batch:submitted', { batch: anyBatch(index + 3, { inputs }) }, 2),
    );
    expect(wide).toEqual([false, false, true]);
  });

  it('keeps the time of arrival', () => {
    const buffer = new EventBuffer();
    addBatch(buffer, anyBatch(1), 7);
    expect(buffer.takeAll(300).map(({ monotonicMs }) => monotonicMs)).toEqual([7, 7]);
  });

  it('is for the events of batches', () => {
    expect(isBatchEvent('batch:completed')).toBe(true);
    expect(isBatchEvent('batch-times:adjusted')).toBe(false);
    expect(isBatchEvent('receiver:failed')).toBe(false);
  });
});
