import { describe, expect, it } from 'vitest';
import type { Sink, SinkWrite } from '../contracts/sink.ts';
import { sinkOfWrite, SinkWriter } from './sink-writer.ts';

const partition: SinkWrite = {
  application: 'app',
  batchTime: 1_000,
  outputOperation: 0,
  partition: 0,
  partitions: 1,
};

/** A sink that records its calls; `open` fails the requested number of times. */
function recordingSink(failingOpens = 0) {
  const calls: string[] = [];
  const writing = Promise.withResolvers<void>();
  let failures = failingOpens;
  const sink: Sink<number> = {
    name: 'recording',
    capabilities: { delivery: 'effectively-once' },
    open: () => {
      calls.push('open');
      failures -= 1;
      if (failures >= 0) throw new Error('no room');
      return Promise.resolve();
    },
    write: async (records) => {
      calls.push(`write ${[...records].join(' ')}`);
      await writing.promise;
      calls.push('written');
    },
    close: async () => void calls.push('close'),
  };
  return { sink, calls, finishWrites: () => writing.resolve() };
}

describe('SinkWriter', () => {
  it('shows its sink behind its write, and behind no other function', () => {
    const { sink } = recordingSink();
    const { write } = new SinkWriter(sink);
    expect(sinkOfWrite(write)).toBe(sink);
    expect(sinkOfWrite((records: Iterable<number>) => write(records, partition))).toBeUndefined();
    expect(sinkOfWrite(undefined)).toBeUndefined();
  });

  it('opens the sink once, before the first of concurrent writes (SINK-8)', async () => {
    const { sink, calls, finishWrites } = recordingSink();
    const { write } = new SinkWriter(sink);
    finishWrites();
    await Promise.all([write([1, 2], partition), write([3], { ...partition, partition: 1 })]);
    expect(calls).toEqual(['open', 'write 1 2', 'write 3', 'written', 'written']);
  });

  it('closes the sink after pending writes, once (SINK-8)', async () => {
    const { sink, calls, finishWrites } = recordingSink();
    const writer = new SinkWriter(sink);
    await writer.open();
    const written = writer.write([1], partition);
    const closed = Promise.all([writer.close(), writer.close()]);
    finishWrites();
    await Promise.all([written, closed]);
    expect(calls).toEqual(['open', 'write 1', 'written', 'close']);
  });

  it('repeats opening after a failure (SINK-11)', async () => {
    const { sink, calls, finishWrites } = recordingSink(1);
    const writer = new SinkWriter(sink);
    finishWrites();
    await expect(writer.write([1], partition)).rejects.toThrow('no room');
    await writer.write([1], partition);
    expect(calls).toEqual(['open', 'open', 'write 1', 'written']);
  });

  it('does not close a sink that was never opened', async () => {
    const { sink, calls } = recordingSink(1);
    const writer = new SinkWriter(sink);
    await expect(writer.open()).rejects.toThrow('no room');
    await writer.close();
    expect(calls).toEqual(['open']);
  });

  it('refuses writes after close (SINK-10)', async () => {
    const { sink, calls } = recordingSink();
    const writer = new SinkWriter(sink);
    await writer.close();
    await expect(writer.write([1], partition)).rejects.toMatchObject({ code: 'MR_SINK_NOT_OPEN' });
    expect(calls).toEqual([]);
  });
});
