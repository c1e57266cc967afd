// The storages of core and of this package against their kit.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { NodeStorage, SeededRandom } from '@millrace/core';
import { describe, it } from 'vitest';
import { type ForeignHolder, storageConformance } from '../src/conformance/index.ts';
import { FaultyStorage } from '../src/faulty-storage.ts';
import { MemoryStorage } from '../src/memory-storage.ts';

const test = { describe, it };
const core = new URL('../../core/src/index.ts', import.meta.url);

/** Abilities of some systems only. */
const POSIX = {
  makeSpecial: async (path: string) => void (await promisify(execFile)('mkfifo', [path])),
  permissionsOf: async (path: string) => (await stat(path)).mode & 0o777,
};

storageConformance(test, {
  name: 'NodeStorage',
  module: core,
  capabilities: { durability: 'machine' },
  create: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'millrace-conformance-'));
    return {
      storage: new NodeStorage(),
      directory,
      makeLink: (target, path) => symlink(target, path),
      makeUnseen: (path) => symlink(basename(path), path),
      takeAway: (path) => rm(path),
      ...(process.platform === 'win32' ? {} : POSIX),
      lockElsewhere: (path) => lockInProcess(path),
      dispose: () => rm(directory, { recursive: true, force: true }),
    };
  },
});

storageConformance(test, {
  name: 'MemoryStorage',
  module: import.meta.url,
  capabilities: { durability: 'memory' },
  create: async () => {
    const storage = new MemoryStorage();
    await storage.makeDirectory('/d');
    const setFull = (isFull: boolean): void => {
      storage.maxBytes = isFull ? 0 : Number.POSITIVE_INFINITY;
    };
    return { storage, directory: '/d', setFull };
  },
});

storageConformance(test, {
  name: 'FaultyStorage',
  module: import.meta.url,
  capabilities: { durability: 'machine' },
  create: async () => {
    const storage = new FaultyStorage({ random: new SeededRandom(1) });
    await storage.makeDirectory('/d');
    await storage.syncDirectory('/');
    return {
      storage,
      directory: '/d',
      setFull: (isFull) => {
        storage.capacityBytes = isFull ? 0 : Number.POSITIVE_INFINITY;
      },
      losePower: () => storage.crash(),
    };
  },
});

/** A process that takes the lock and waits to be killed. */
async function lockInProcess(path: string): Promise<ForeignHolder> {
  const code = `
    import { NodeStorage } from ${JSON.stringify(core.href)};
    await new NodeStorage().lock(${JSON.stringify(path)});
    console.log('taken');
    process.stdin.resume();`;
  const arguments_ = ['--conditions=millrace:source', '--input-type=module', '-e', code];
  const child = spawn(process.execPath, arguments_, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
