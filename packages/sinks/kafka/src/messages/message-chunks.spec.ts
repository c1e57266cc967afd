import { describe, expect, it } from 'vitest';
import type { KafkaSinkMessage } from './kafka-sink-message.ts';
import { type ChunksOptions, MessageChunks, MessagesFailed } from './message-chunks.ts';

const target = { topic: 't', value: 'text', partitionCount: 3, keyless: 2 } as const;
const write = { application: 'a', batchTime: 1, outputOperation: 0, partition: 0, partitions: 1 };

function chunksOf<T>(records: Iterable<T>, options: Partial<ChunksOptions<T>> = {}): MessageChunks<T> {
  return new MessageChunks(records, { target, requestBytes: 1_000, message: undefined, write, ...options });
}

function all<T>(chunks: MessageChunks<T>): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (let chunk = chunks.next(); chunk !== undefined; chunk = chunks.next())
    found.push(chunk.messages.map(({ value }) => String(value).slice(0, 3)));
  return found;
}

describe('MessageChunks', () => {
  it('fill a request, and leave a larger message alone', () => {
    const long = (name: string, length: number): string => name.padEnd(length, 'x');
    const records = [long('1', 400), long('2', 400), long('3', 400), long('4', 5_000), long('5', 1)];
    const chunks = chunksOf(records);
    const found = all(chunks);
    expect(found.map((chunk) => chunk.map((value) => value[0]))).toEqual([['1', '2'], ['3'], ['4'], ['5']]);
    expect(chunks.count).toBe(5);
    expect(all(chunksOf([]))).toEqual([]);
  });

  it('read no further than one message behind a chunk', () => {
    let read = 0;
    function* endless(): Generator<string> {
      try {
        for (;;) yield String((read += 1)).padEnd(300, 'x');
      } finally {
        read = -1;
      }
    }
    const chunks = chunksOf(endless());
    expect(chunks.next()?.messages).toHaveLength(2);
    expect(read).toBe(3);
    expect(chunks.next()?.from).toBe(2);
    chunks.end();
    chunks.end();
    expect(read).toBe(-1);
  });

  it('name the record that cannot be a message', () => {
    const message = (record: unknown): KafkaSinkMessage => ({ value: record, key: 'k' });
    const failure = (() => {
      try {
        return chunksOf<unknown>(['a', 5], { message }).next();
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(MessagesFailed);
    expect((failure as Error).cause).toMatchObject({
      code: 'MR_SINK_UNSUPPORTED_RECORD',
      message: expect.stringContaining('record 1 of partition 0: expected text, got'),
      details: { index: 1 },
    });
  });
});
