import {
  pluginModule,
  BlockStore,
  Clock,
  definePlugin,
  ManualClock,
  ReceivedBlockHandler,
  Storage,
  WriteAheadLogFactory,
} from '@millrace/core';
import { assemblePorts } from '@millrace/core/engine';
import { MemoryStorage, textBlock } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { codeOf, payload } from '../test/open-log.ts';
import { fileWriteAheadLog } from './index.ts';

/** A plugin in place of the machine. */
function machine(storage: MemoryStorage) {
  return definePlugin({
    name: 'test/machine',
    version: '1.0.0',
    contract: 1,
    provides: [Storage, Clock],
    optionsSchema: z.strictObject({}),
    module: () =>
      pluginModule((bind) => {
        bind(Storage).toResolvedValue(() => storage);
        bind(Clock).toResolvedValue(() => new ManualClock());
      }),
  })();
}

/** An engine assembled like a user's, over a disk in memory. */
function engineOver(storage: MemoryStorage, options: Partial<Parameters<typeof fileWriteAheadLog>[0]> = {}) {
  return assemblePorts([machine(storage), fileWriteAheadLog({ directory: '/wal', ...options })]);
}

describe('fileWriteAheadLog', () => {
  it('provides the logs and the handler in place of the defaults', () => {
    const { bindings: bound } = engineOver(new MemoryStorage());
    const own = bound.filter(({ plugin }) => plugin === '@millrace/wal');
    expect(own.map(({ port }) => port).toSorted()).toEqual(['ReceivedBlockHandler', 'WriteAheadLogFactory']);
  });

  it('reaches one host, and with shared every host (LOG-22, HANDLER-20)', () => {
    const reachOf = (shared: boolean) => {
      const { ports } = engineOver(new MemoryStorage(), { shared });
      return [ports.get(WriteAheadLogFactory).reach, ports.get(ReceivedBlockHandler).reach];
    };
    expect(reachOf(false)).toEqual(['host', 'host']);
    expect(reachOf(true)).toEqual(['everywhere', 'everywhere']);
  });

  it('does no I/O before the engine is opened', () => {
    const storage = new MemoryStorage();
    engineOver(storage).ports.get(ReceivedBlockHandler);
    expect(storage.paths()).toEqual([]);
  });

  it('returns a block of one engine to the next engine', async () => {
    const storage = new MemoryStorage();
    const first = engineOver(storage);
    await first.open();
    const stored = await first.ports.get(ReceivedBlockHandler).storeBlock('a', textBlock('one\n'));
    await first.close();
    const second = engineOver(storage);
    await second.open();
    expect(second.ports.get(BlockStore).has('a')).toBe(false);
    expect(await second.ports.get(ReceivedBlockHandler).readBlock(stored)).toMatchObject({ recordCount: 1 });
    await second.close();
  });

  it('refuses a second engine on the same directory, and accepts engines with different log names', async () => {
    const storage = new MemoryStorage();
    await engineOver(storage).open();
    await expect(engineOver(storage).open()).rejects.toThrow('could not be opened');
    await engineOver(storage, { blocks: 'executor-2' }).open();
    expect((await storage.list('/wal')).map(({ name }) => name)).toEqual(['blocks', 'executor-2']);
  });

  it('releases the lock of every log when the engine closes', async () => {
    const storage = new MemoryStorage();
    const first = engineOver(storage);
    await first.open();
    const log = await first.ports.get(WriteAheadLogFactory).open('metadata');
    await log.write(payload('a'), 1);
    await first.close();
    const second = engineOver(storage);
    await second.open();
    expect(await codeOf(second.ports.get(WriteAheadLogFactory).open('metadata'))).toBeUndefined();
    await second.close();
  });

  it('reports the durability of a stored block, according to its option', () => {
    const durability = (sync: boolean) =>
      engineOver(new MemoryStorage(), { sync }).ports.get(ReceivedBlockHandler).durability;
    expect([durability(true), durability(false)]).toEqual(['machine', 'process']);
  });

  it.each([
    { directory: '' },
    { blocks: '../outside' },
    { segmentBytes: 1 },
    { segmentBytes: 2 ** 31 },
    { groupBytes: 0 },
    { waitingBytes: 1 },
    { segmentMs: 0 },
    { registrationGraceMs: -1 },
    { onCorrupt: 'guess' },
    { speed: 1 },
  ])('refuses %j', (options) => {
    expect(() => fileWriteAheadLog({ directory: '/wal', ...options } as never)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }),
    );
  });
});
