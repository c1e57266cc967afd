import { virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { DStream } from '../dstream/dstream.ts';
import { StreamingContext } from './streaming-context.ts';

/** The records of a stream in the batch in which two files appear. */
async function batchOf<T>(build: (ssc: StreamingContext) => DStream<T>): Promise<T[]> {
  const { clock, storage, plugin } = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({ appName: 'files', batchIntervalMs: 1_000, plugins: [plugin] });
  const seen: T[] = [];
  build(ssc).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
  await ssc.start();
  storage.writeFile('/in/one', 'ab\ncd\n', { modifiedMs: 10_500 });
  storage.writeFile('/in/two', 'ef\n', { modifiedMs: 10_500 });
  await clock.advance(1_000);
  await ssc.stop();
  return seen;
}

describe('streams of files', () => {
  it('textFileStream returns the lines of files', async () => {
    expect(await batchOf((ssc) => ssc.textFileStream('/in'))).toEqual(['ab', 'cd', 'ef']);
  });

  it('fileStream returns the records made of each file', async () => {
    const parse = (content: Uint8Array, path: string) => [`${path}: ${content.length}`];
    const accept = (name: string) => name !== 'two';
    expect(await batchOf((ssc) => ssc.fileStream('/in', { parse, accept }))).toEqual(['/in/one: 6']);
  });

  it('binaryRecordsStream returns the records of files', async () => {
    const records = await batchOf((ssc) => ssc.binaryRecordsStream('/in', 3));
    expect(records.map((record) => new TextDecoder().decode(record))).toEqual(['ab\n', 'cd\n', 'ef\n']);
  });

  it('refuse invalid lengths', () => {
    const { plugin } = virtualPorts();
    const ssc = new StreamingContext({ appName: 'files', batchIntervalMs: 1_000, plugins: [plugin] });
    const invalid = expect.objectContaining({ code: 'MR_GRAPH_INVALID_ARGUMENT' });
    expect(() => ssc.binaryRecordsStream('/in', 0)).toThrow(invalid);
    expect(() => ssc.fileStream('/in', { parse: () => [], maxFileBytes: 1.5 })).toThrow(invalid);
  });
});
