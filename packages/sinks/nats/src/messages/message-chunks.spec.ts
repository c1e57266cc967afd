import { describe, expect, it } from 'vitest';
import { type NatsChunksOptions, NatsMessageChunks, NatsMessagesFailed } from './message-chunks.ts';
import type { NatsSinkMessage } from './nats-sink-message.ts';

const target = { subject: 's.a', value: 'text', subjects: ['s.>'], maxPayload: 10_000 } as const;
const write = { application: 'a', batchTime: 1, outputOperation: 0, partition: 0, partitions: 1 };

function chunksOf<T>(records: Iterable<T>, options: Partial<NatsChunksOptions<T>> = {}) {
  const all = { target, batchRecords: 3, batchBytes: 2_000, message: undefined, write, ...options };
  return new NatsMessageChunks(records, all);
}

function all(chunks: NatsMessageChunks<string>): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (let isLast = false; !isLast;) {
    const chunk = chunks.next();
    found.push(chunk.messages.map(({ data }) => Buffer.from(data).toString()[0] ?? ''));
    isLast = chunk.isLast;
  }
  return found;
}

const failureOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

describe('NatsMessageChunks', () => {
  it('fill a batch by records and by bytes, and leave a larger message alone', () => {
    expect(all(chunksOf(['1', '2', '3', '4']))).toEqual([['1', '2', '3'], ['4']]);
    expect(all(chunksOf(['1', '2', '3']))).toEqual([['1', '2', '3']]);
    const long = (name: string, length: number): string => name.padEnd(length, 'x');
    const records = [long('1', 400), long('2', 400), long('3', 400), long('4', 5_000), long('5', 1)];
    expect(all(chunksOf(records))).toEqual([['1', '2'], ['3'], ['4'], ['5']]);
    expect(all(chunksOf<string>([]))).toEqual([[]]);
  });

  it('go on behind records that are left out', () => {
    const chunks = chunksOf(['0', '1', '2', '3', '4', '5']);
    expect(chunks.next().from).toBe(0);
    chunks.skipTo(5);
    expect(chunks.next()).toMatchObject({ from: 5, isLast: true, messages: [{ subject: 's.a' }] });
  });

  it('read no further than one message behind a chunk', () => {
    let read = 0;
    function* endless(): Generator<string> {
      try {
        for (;;) yield String((read += 1));
      } finally {
        read = -1;
      }
    }
    const chunks = chunksOf(endless());
    expect(chunks.next().messages).toHaveLength(3);
    expect(read).toBe(4);
    chunks.end();
    chunks.end();
    expect(read).toBe(-1);
  });

  it.each([
    ['a value of another form', { value: 5 }, 'expected text, got'],
    ['a subject with a wildcard', { value: 'a', subject: 's.*' }, 'expected a subject without wildcards'],
    [
      'a subject of another stream',
      { value: 'a', subject: 't.a' },
      'expected a subject of the stream (s.>), got t.a',
    ],
    ['a header of the server', { value: 'a', headers: { 'Nats-Rollup': 'all' } }, 'begins with Nats-'],
    ['a header with a line end', { value: 'a', headers: { a: 'b\r\nc' } }, 'without control characters'],
    ['a large message', { value: 'x'.repeat(20_000) }, 'the server takes at most'],
  ])('name the record with %s', (_, described, text) => {
    const message = (): NatsSinkMessage => described;
    const failure = failureOf(() => chunksOf<unknown>(['a'], { message }).next());
    expect(failure).toBeInstanceOf(NatsMessagesFailed);
    expect((failure as Error).cause).toMatchObject({
      code: 'MR_SINK_UNSUPPORTED_RECORD',
      message: expect.stringContaining(text),
      details: { index: 0 },
    });
  });
});
