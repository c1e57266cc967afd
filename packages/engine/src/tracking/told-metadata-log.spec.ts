import type { BlockLogKeeper, ReceivedBlockInfo } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { ScriptedMetadataLog } from '../../test/scripted-metadata-log.ts';
import { type MetadataEvent, MemoryMetadataLog, type MetadataLog } from './metadata-log.ts';
import { ToldMetadataLog } from './told-metadata-log.ts';

const block = (n: number): ReceivedBlockInfo => ({
  blockId: `input-0-a-${n}`,
  streamId: 0,
  executorId: 'e',
  recordCount: 1,
  sizeBytes: 1,
  durability: 'machine',
  handle: { segment: 'blocks', offset: n, length: 1 },
});
const addition = (n: number, timeMs = 0): MetadataEvent => ({
  kind: 'block-addition',
  timeMs,
  block: block(n),
});
const allocation = (timeMs: number, ...numbers: number[]): MetadataEvent => ({
  kind: 'batch-allocation',
  timeMs,
  input: { batchTime: timeMs, blocks: new Map([[0, numbers.map(block)]]) },
  inputs: new Map(),
});
const cleanup = (timeMs: number): MetadataEvent => ({
  kind: 'batch-cleanup',
  timeMs,
  batchTimes: [],
  doneUpTo: timeMs,
  positions: new Map(),
});

function told(inner: MetadataLog, failure?: Error) {
  const calls: string[] = [];
  const note = (call: string): void => {
    calls.push(call);
    if (failure !== undefined) throw failure;
  };
  const places = (blocks: readonly ReceivedBlockInfo[]) =>
    blocks.map(
      ({ handle, isInline }) => `${handle?.segment} ${handle?.offset}${isInline === true ? ' inline' : ''}`,
    );
  const keeper: BlockLogKeeper = {
    added: (one, timeMs) => note(`added ${places([one]).join()} at ${timeMs}`),
    allocated: (batchTime, blocks) => note(`allocated ${batchTime}: ${places(blocks).join()}`),
    released: (threshold) => note(`released ${threshold}`),
    abandoned: (timeMs) => note(`abandoned ${timeMs}`),
    recovered: () => note('recovered'),
  };
  const log = new RecordingLogger();
  return { metadataLog: new ToldMetadataLog({ inner, keeper, log }), calls, log };
}

describe('ToldMetadataLog', () => {
  it('tells the decisions of earlier drivers, then that all are told, then its own (KEEPER-11)', async () => {
    const inner = new ScriptedMetadataLog();
    inner.events.push(addition(0), allocation(1_000, 0), cleanup(1_000));
    const { metadataLog, calls } = told(inner);
    const replayed: string[] = [];
    await metadataLog.replay(({ kind }) => void replayed.push(kind));
    await metadataLog.append(addition(1, 1_000));
    await metadataLog.append(allocation(2_000, 1));
    await metadataLog.append(cleanup(2_000));
    await metadataLog.clean(1_000);
    expect(replayed).toEqual(['block-addition', 'batch-allocation', 'batch-cleanup']);
    expect(calls).toEqual([
      'added blocks 0 at 0',
      'allocated 1000: blocks 0',
      'released 1000',
      'recovered',
      'added blocks 1 at 1000',
      'allocated 2000: blocks 1',
      'released 2000',
      'abandoned 1000',
    ]);
  });

  it('tells an addition with content with its place in the log of decisions', async () => {
    const { metadataLog, calls } = told(new ScriptedMetadataLog());
    const { handle: _handle, ...withoutPlace } = block(0);
    const content = new Uint8Array(1);
    await metadataLog.append({ kind: 'block-addition', timeMs: 0, block: withoutPlace, content });
    expect(calls).toEqual(['recovered', 'added log 0 inline at 0']);
  });

  it('tells nothing before the decision is durable, and no refused decision (KEEPER-10)', async () => {
    const inner = new ScriptedMetadataLog();
    const { metadataLog, calls } = told(inner);
    await metadataLog.replay(() => undefined);
    inner.hold();
    const appending = metadataLog.append(addition(0));
    await Promise.resolve();
    expect(calls).toEqual(['recovered']);
    inner.release();
    await appending;
    expect(calls).toEqual(['recovered', 'added blocks 0 at 0']);
    inner.isBroken = true;
    await expect(metadataLog.append(cleanup(1_000))).rejects.toThrow('the disk is full');
    await expect(metadataLog.clean(1_000)).rejects.toThrow('the disk is full');
    expect(calls).toHaveLength(2);
  });

  it('tells that nothing is to be recovered before the first decision of a driver without a log', async () => {
    const { metadataLog, calls } = told(new MemoryMetadataLog());
    await metadataLog.append(addition(0));
    expect(calls).toEqual(['recovered', 'added blocks 0 at 0']);
  });

  it('keeps the decision although the keeper throws, and logs the error (KEEPER-12)', async () => {
    const inner = new ScriptedMetadataLog();
    const { metadataLog, log } = told(inner, new Error('a bug'));
    await metadataLog.append(addition(0));
    await metadataLog.clean(500);
    expect([inner.events.length, inner.cleaned]).toEqual([1, [500]]);
    expect(log.lines.filter(({ level }) => level === 'error').length).toBeGreaterThan(0);
  });
});
