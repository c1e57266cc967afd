import { describe, expect, it } from 'vitest';
import { MemoryWriteAheadLogFactory } from './memory-write-ahead-log-factory.ts';
import { settle } from './settle.ts';

const text = (value: string) => new TextEncoder().encode(value);

async function entriesOf(factory: MemoryWriteAheadLogFactory): Promise<string[]> {
  const log = await factory.open('log');
  const entries: string[] = [];
  for await (const { payload } of log.readAll()) entries.push(new TextDecoder().decode(payload));
  await log.close();
  return entries;
}

describe('MemoryWriteAheadLogFactory', () => {
  it('returns written entries after a close and after a crash', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const log = await factory.open('log');
    await log.write(text('one'), 1);
    await log.close();
    const second = await factory.open('log');
    const handle = await second.write(text('two'), 2);
    expect(await second.read(handle)).toEqual(text('two'));
    factory.crash();
    expect(await entriesOf(factory)).toEqual(['one', 'two']);
  });

  it('never answers writes pending at a crash, and keeps none of these writes', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const log = await factory.open('log');
    let isAnswered = false;
    void log.write(text('one'), 1).finally(() => (isAnswered = true));
    factory.crash();
    await settle();
    expect([isAnswered, await entriesOf(factory)]).toEqual([false, []]);
  });

  it('fails only the writes selected by the test', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const log = await factory.open('log');
    factory.beforeWrite = ({ timeMs }) => {
      if (timeMs === 2) throw new Error('the disk is full');
    };
    await log.write(text('one'), 1);
    await expect(log.write(text('two'), 2)).rejects.toThrow('the disk is full');
    await log.write(text('three'), 3);
    await log.close();
    expect(await entriesOf(factory)).toEqual(['one', 'three']);
  });

  it('cleans from the oldest entry on, never the last', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const log = await factory.open('log');
    for (const timeMs of [1, 5, 2]) await log.write(text(String(timeMs)), timeMs);
    await log.clean(4);
    expect(factory.entries('log').map(({ timeMs }) => timeMs)).toEqual([5, 2]);
    await log.clean(10);
    expect(factory.entries('log').map(({ timeMs }) => timeMs)).toEqual([2]);
  });

  it('refuses a second opener and a write after close', async () => {
    const factory = new MemoryWriteAheadLogFactory();
    const log = await factory.open('log');
    await expect(factory.open('log')).rejects.toMatchObject({ code: 'MR_STORAGE_LOCKED' });
    await log.close();
    await expect(log.write(text('late'), 1)).rejects.toMatchObject({ code: 'MR_WAL_CLOSED' });
  });
});
