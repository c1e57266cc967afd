import { ManualClock, SeededRandom } from '@millrace/core';
import { MemoryStorage, RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { codeOf, payload, textsOf } from '../test/open-log.ts';
import { FileWriteAheadLogFactory } from './file-write-ahead-log-factory.ts';

function factoryOver(storage: MemoryStorage): FileWriteAheadLogFactory {
  const ports = { clock: new ManualClock(), random: new SeededRandom(1), log: new RecordingLogger() };
  return new FileWriteAheadLogFactory({ storage, ...ports, root: '/wal' });
}

describe('FileWriteAheadLogFactory', () => {
  it('opens logs by name, each in a folder of its own', async () => {
    const storage = new MemoryStorage();
    const factory = factoryOver(storage);
    const [a, b] = [await factory.open('a'), await factory.open('b')];
    await Promise.all([a.write(payload('of a'), 1), b.write(payload('of b'), 1)]);
    expect(storage.paths().map((path) => path.slice(0, 7))).toEqual(['/wal/a/', '/wal/b/']);
    expect(await textsOf(a)).toEqual(['of a']);
  });

  it('refuses a log that is open, and a name that leaves the directory', async () => {
    const factory = factoryOver(new MemoryStorage());
    await factory.open('a');
    expect(await codeOf(factory.open('a'))).toBe('MR_STORAGE_LOCKED');
    expect(await codeOf(factory.open('../a'))).toBe('MR_WAL_INVALID_NAME');
  });

  it('closes open logs, so that the next process finds no lock', async () => {
    const storage = new MemoryStorage();
    const factory = factoryOver(storage);
    const [a, b] = [await factory.open('a'), await factory.open('b')];
    await a.close();
    const waiting = b.write(payload('waits'), 1);
    await Promise.all([factory.close(), waiting]);
    await factory.close();
    const next = factoryOver(storage);
    await next.open('a');
    expect(await textsOf(await next.open('b'))).toEqual(['waits']);
  });
});
