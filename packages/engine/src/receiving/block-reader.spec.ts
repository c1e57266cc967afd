import {
  type Block,
  ManualClock,
  MemoryBlockStore,
  MillraceError,
  type ReceivedBlockInfo,
  type SourcePiece,
  type SourceRange,
  MsgpackCodec,
} from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { configured, gate, recordsOf, ScriptedHandler, textOf } from '../../test/receiving-fakes.ts';
import { receivedBlock } from '../../test/received-blocks.ts';
import { noStorage } from '../../test/supervised-receiver.ts';
import { BlockReader } from './block-reader.ts';

type Pieces = AsyncIterable<SourcePiece<unknown>>;

const signal = new AbortController().signal;
const info = (over: Partial<ReceivedBlockInfo> = {}) =>
  receivedBlock(1, { recordCount: 3, range: { from: 4, to: 7 }, ...over });

/** A reader whose handler has no blocks, over a source that returns data of the test. */
function readerOf(readRange?: (range: SourceRange) => Pieces) {
  const handler = new ScriptedHandler();
  const asked: SourceRange[] = [];
  const receiver = configured(() => ({ start: () => undefined, stop: () => undefined }));
  const source = readRange && {
    readRange: (range: SourceRange) => {
      asked.push(range);
      return readRange(range);
    },
  };
  const log = new RecordingLogger();
  const blockStore = new MemoryBlockStore({ maxBytes: 1_000 });
  const reader = new BlockReader({
    handler,
    blockStore,
    receiverOf: () => ({ ...receiver, ...source }),
    codec: new MsgpackCodec(),
    clock: new ManualClock(),
    storage: noStorage,
    log,
  });
  return { reader, handler, blockStore, asked, log };
}

const records = (...given: readonly unknown[][]) =>
  async function* (): Pieces {
    for (const piece of given) yield { kind: 'records', records: piece };
  };

const listOf = (block: Block | undefined) => (block === undefined ? undefined : recordsOf(block));

describe('BlockReader', () => {
  it('reads the source only when the handler has no block', async () => {
    const { reader, handler, asked } = readerOf(records([5, 6, 7]));
    const block: Block = { kind: 'text', chunks: [textOf('kept')], recordCount: 1, sizeBytes: 5 };
    await handler.storeBlock(info().blockId, block);
    expect(listOf(await reader.read(info(), signal))).toEqual(['kept']);
    expect(asked).toEqual([]);
  });

  it('reads the range again, in order, and keeps it for the next task (BAT-4)', async () => {
    const { reader, blockStore, asked } = readerOf(records([5], [6, 7]));
    expect(listOf(await reader.read(info(), signal))).toEqual([5, 6, 7]);
    expect(listOf(await reader.read(info(), signal))).toEqual([5, 6, 7]);
    expect(asked).toEqual([{ from: 4, to: 7 }]);
    const others: Block = { kind: 'records', chunks: [], recordCount: 0, sizeBytes: 1_000 };
    await blockStore.put('other', others);
    expect(blockStore.has(info().blockId)).toBe(false);
  });

  it('leaves text as bytes', async () => {
    const { reader } = readerOf(async function* () {
      yield { kind: 'lines', bytes: textOf('a', 'b'), lineCount: 2 };
      yield { kind: 'lines', bytes: textOf('c'), lineCount: 1 };
    });
    const block = await reader.read(info(), signal);
    expect(block).toMatchObject({ kind: 'text', recordCount: 3, sizeBytes: 100 });
    expect(listOf(block)).toEqual(['a', 'b', 'c']);
  });

  it('reads once for all waiting tasks', async () => {
    const open = gate();
    const { reader, asked } = readerOf(async function* () {
      await open.promise;
      yield { kind: 'records', records: [5, 6, 7] };
    });
    const both = [reader.read(info(), signal), reader.read(info(), signal)];
    open.resolve();
    expect((await Promise.all(both)).map(listOf)).toEqual([
      [5, 6, 7],
      [5, 6, 7],
    ]);
    expect(asked).toHaveLength(1);
  });

  it('leaves out the same records as at the time of storing (BAT-4)', async () => {
    const { reader } = readerOf(records([5, Symbol('no data'), 6], [() => 1, 7]));
    expect(listOf(await reader.read(info(), signal))).toEqual([5, 6, 7]);
  });

  it('continues when there is no room to keep the block', async () => {
    const { reader } = readerOf(records([5, 6, 7]));
    expect(listOf(await reader.read(info({ sizeBytes: 2_000 }), signal))).toEqual([5, 6, 7]);
  });

  it.each([
    ['fewer records', records([5, 6])],
    ['more records', records([5, 6, 7], [8])],
    [
      'lines as well as records',
      async function* (): Pieces {
        yield { kind: 'records', records: [5] };
        yield { kind: 'lines', bytes: textOf('a'), lineCount: 1 };
      },
    ],
  ])('refuses a changed range with %s (BAT-4)', async (_, readRange) => {
    const { reader } = readerOf(readRange);
    await expect(reader.read(info(), signal)).rejects.toMatchObject({
      code: 'MR_RECEIVER_RANGE_LOST',
      details: { recordCount: 3, range: { from: 4, to: 7 } },
      cause: { code: 'MR_RECEIVER_RANGE_CHANGED' },
    });
  });

  it('reports that a source has lost the range, and the reason', async () => {
    const { reader, log } = readerOf(() => {
      throw new Error('the topic was deleted');
    });
    await expect(reader.read(info(), signal)).rejects.toMatchObject({
      code: 'MR_RECEIVER_RANGE_LOST',
      disposition: 'fail-batch',
      cause: { message: 'the topic was deleted' },
    });
    expect(log.lines.some(({ level }) => level === 'error')).toBe(true);
  });

  it('reports a lost range when the program has no such receiver any more', async () => {
    await expect(readerOf().reader.read(info(), signal)).rejects.toMatchObject({
      code: 'MR_RECEIVER_RANGE_LOST',
    });
  });

  it('passes on a retryable error, so that the task is retried', async () => {
    const busy = new MillraceError('MR_STORAGE_FAILED', 'busy', { disposition: 'retry' });
    let tries = 0;
    const { reader } = readerOf(async function* () {
      if ((tries += 1) === 1) throw busy;
      yield { kind: 'records', records: [5, 6, 7] };
    });
    await expect(reader.read(info(), signal)).rejects.toBe(busy);
    expect(listOf(await reader.read(info(), signal))).toEqual([5, 6, 7]);
  });

  it('finds nothing for a block without a range', async () => {
    const { range: _range, ...plain } = info();
    const { reader, asked } = readerOf(records([1]));
    expect(await reader.read(plain, signal)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('ends with the executor', async () => {
    const ending = new AbortController();
    const { reader } = readerOf(async function* () {
      ending.abort(new Error('the executor is closing'));
      yield { kind: 'records', records: [5] };
    });
    await expect(reader.read(info(), ending.signal)).rejects.toThrow('the executor is closing');
  });
});
