import { isMillraceError, SeededRandom } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { FaultyStorage, type FaultyStorageOptions } from './faulty-storage.ts';

function storageOf(options: Partial<FaultyStorageOptions> & { readonly seed?: number } = {}): FaultyStorage {
  return new FaultyStorage({ random: new SeededRandom(options.seed ?? 1), pageBytes: 16, ...options });
}

function bytes(length: number, fill = 1): Uint8Array {
  return new Uint8Array(length).fill(fill);
}

/** The possible contents of /data/a after a crash, over many seeds. */
async function outcomes(
  write: (storage: FaultyStorage) => Promise<void>,
  crash: (storage: FaultyStorage) => FaultyStorage = (storage) => storage.crash(),
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let seed = 0; seed < 200; seed += 1) {
    const storage = storageOf({ seed });
    await storage.makeDirectory('/data');
    await storage.syncDirectory('/');
    await write(storage);
    found.add(await describeFile(crash(storage)));
  }
  return found;
}

async function describeFile(storage: FaultyStorage): Promise<string> {
  if ((await storage.stat('/data/a')) === undefined) return 'absent';
  return Buffer.from(storage.readFile('/data/a')).toString('hex');
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isMillraceError(error) ? error.code : undefined;
}

describe('FaultyStorage without faults', () => {
  it('behaves like any other disk', async () => {
    const storage = storageOf();
    await storage.makeDirectory('/data/logs');
    const file = await storage.open('/data/logs/a', 'create');
    await file.append([bytes(3), bytes(2, 2)]);
    await file.truncate(4);
    expect(await file.readAt(1, 10)).toEqual(Uint8Array.of(1, 1, 2));
    expect(await file.size()).toBe(4);
    await storage.rename('/data/logs/a', '/data/logs/b');
    expect(await storage.list('/data/logs')).toMatchObject([{ name: 'b', kind: 'file', sizeBytes: 4 }]);
    await storage.remove('/data/logs/b');
    expect(await storage.list('/data')).toMatchObject([{ name: 'logs', kind: 'directory' }]);
    expect(storage.violations).toEqual([]);
  });

  it('fails with the codes of the port', async () => {
    const storage = storageOf();
    storage.writeFile('/data/a', bytes(1));
    expect(await codeOf(storage.open('/data/b', 'read'))).toBe('MR_STORAGE_NOT_FOUND');
    expect(await codeOf(storage.open('/data/a', 'create'))).toBe('MR_STORAGE_EXISTS');
    const unlock = await storage.lock('/data/lock');
    expect(await codeOf(storage.lock('/data/lock'))).toBe('MR_STORAGE_LOCKED');
    await unlock();
    await storage.lock('/data/lock');
  });

  it('is full at its capacity and keeps the part of an append that had room', async () => {
    const storage = storageOf({ capacityBytes: 10 });
    const file = await storage.open('/a', 'create');
    await file.append([bytes(8)]);
    expect(await codeOf(file.append([bytes(8)]))).toBe('MR_STORAGE_FULL');
    expect(await file.size()).toBe(10);
    await file.truncate(8);
    storage.capacityBytes = 100;
    await file.append([bytes(8)]);
    expect(storage.violations).toEqual([]);
  });
});

describe('FaultyStorage with an overwritten file', () => {
  it('overwrites existing content from the beginning and cuts the rest', async () => {
    const storage = storageOf();
    storage.writeFile('/data/a', bytes(4));
    const file = await storage.open('/data/a', 'overwrite');
    await file.append([bytes(1, 2)]);
    await file.append([bytes(1, 3)]);
    expect(storage.readFile('/data/a')).toEqual(Uint8Array.of(2, 3, 1, 1));
    await file.truncate(2);
    await file.append([bytes(3, 4)]);
    expect(storage.readFile('/data/a')).toEqual(Uint8Array.of(2, 3, 4, 4, 4));
    expect(await codeOf(storage.open('/data/b', 'overwrite'))).toBe('MR_STORAGE_NOT_FOUND');
  });

  it('needs room only for the bytes beyond the old content', async () => {
    const storage = storageOf({ capacityBytes: 8 });
    storage.writeFile('/data/a', bytes(8));
    const file = await storage.open('/data/a', 'overwrite');
    await file.append([bytes(6, 2)]);
    expect(await codeOf(file.append([bytes(4, 2)]))).toBe('MR_STORAGE_FULL');
    expect(storage.readFile('/data/a')).toEqual(bytes(8, 2));
  });

  it('may keep old pages, new ones and torn ones', async () => {
    const found = await outcomes(async (storage) => {
      storage.writeFile('/data/a', bytes(32));
      const file = await storage.open('/data/a', 'overwrite');
      await file.append([bytes(32, 2)]);
    });
    expect(found).toContain('01'.repeat(32));
    expect(found).toContain('02'.repeat(32));
    expect(found).toContain('01'.repeat(16) + '02'.repeat(16));
    expect([...found].every((content) => content.length === 64)).toBe(true);
    expect([...found].some((content) => /^(01){1,15}02|^(02){1,15}01/.test(content))).toBe(true);
  });

  it('leaves any prefix of a failed append over the old content', async () => {
    const storage = storageOf({ faults: { append: 1 } });
    storage.writeFile('/data/a', bytes(20));
    const file = await storage.open('/data/a', 'overwrite');
    expect(await codeOf(file.append([bytes(10, 2)]))).toBe('MR_STORAGE_FAILED');
    expect(Buffer.from(storage.readFile('/data/a')).toString('hex')).toMatch(/^(02){0,10}(01){10,20}$/);
  });
});

describe('FaultyStorage after a loss of power', () => {
  it('keeps synced data whose directory was synced', async () => {
    const found = await outcomes(async (storage) => {
      const file = await storage.open('/data/a', 'create');
      await file.append([bytes(20)]);
      await file.sync();
      await storage.syncDirectory('/data');
    });
    expect([...found]).toEqual(['01'.repeat(20)]);
  });

  it('may lose a name that was not synced', async () => {
    const found = await outcomes(async (storage) => {
      const file = await storage.open('/data/a', 'create');
      await file.append([bytes(1)]);
      await file.sync();
    });
    expect([...found].toSorted()).toEqual(['01', 'absent']);
  });

  it('loses any pages that were not synced, in any order', async () => {
    const found = await outcomes(async (storage) => {
      const file = await storage.open('/data/a', 'create');
      await storage.syncDirectory('/data');
      await file.append([bytes(32)]);
    });
    expect(found).toContain('');
    expect(found).toContain('01'.repeat(32));
    expect(found).toContain('00'.repeat(16) + '01'.repeat(16));
    expect(found).toContain('01'.repeat(16));
    expect(found.size).toBeGreaterThan(10);
  });

  it('keeps the old or the new file of an unsynced rename, never neither', async () => {
    const found = await outcomes(async (storage) => {
      storage.writeFile('/data/a', bytes(1));
      storage.writeFile('/data/b', bytes(1, 2));
      await storage.rename('/data/b', '/data/a');
    });
    expect([...found].toSorted()).toEqual(['01', '02']);
  });

  it('keeps everything when only the process dies', async () => {
    const found = await outcomes(
      async (storage) => {
        const file = await storage.open('/data/a', 'create');
        await file.append([bytes(3)]);
      },
      (storage) => storage.crashProcess(),
    );
    expect([...found]).toEqual(['010101']);
  });

  it('releases the locks of the previous life', async () => {
    const storage = storageOf();
    await storage.lock('/lock');
    await storage.crashProcess().lock('/lock');
    await storage.crash().lock('/lock');
    expect(storage.violations).toEqual([]);
  });
});

describe('FaultyStorage with faults', () => {
  it('leaves any prefix behind when an append fails', async () => {
    const sizes = new Set<number>();
    for (let seed = 0; seed < 100; seed += 1) {
      const storage = storageOf({ seed, faults: { append: 1 } });
      const file = await storage.open('/a', 'create');
      expect(await codeOf(file.append([bytes(4)]))).toBe('MR_STORAGE_FAILED');
      sizes.add(await file.size());
    }
    expect([...sizes].toSorted()).toEqual([0, 1, 2, 3, 4]);
  });

  it('loses pages for good when a sync fails, even if the next sync succeeds', async () => {
    const found = await outcomes(async (storage) => {
      const file = await storage.open('/data/a', 'create');
      await storage.syncDirectory('/data');
      await file.append([bytes(16)]);
      storage.faults = { sync: 1 };
      await codeOf(file.sync());
      storage.faults = {};
      await file.sync();
      expect(await file.readAt(0, 16)).toEqual(bytes(16));
    });
    expect(found).toContain('00'.repeat(16));
    expect(found).toContain('01'.repeat(16));
  });

  it('notes an append after a failed sync, also by the next process (WAL-3)', async () => {
    const storage = storageOf({ faults: { sync: 1 } });
    await codeOf((await storage.open('/a', 'create')).sync());
    const next = storage.crashProcess();
    next.faults = {};
    await (await next.open('/a', 'append')).append([bytes(1)]);
    expect(next.violations).toEqual(['append to /a after a failed sync']);
  });

  it('notes an append after a failed one, unless the file was cut', async () => {
    const storage = storageOf({ faults: { append: 1 } });
    const file = await storage.open('/a', 'create');
    await codeOf(file.append([bytes(1)]));
    storage.faults = {};
    await file.append([bytes(1)]);
    expect(storage.violations).toHaveLength(1);
  });

  it('notes two operations on one file at once', async () => {
    const storage = storageOf();
    const file = await storage.open('/a', 'create');
    await Promise.all([file.append([bytes(1)]), file.sync()]);
    expect(storage.violations).toEqual(['sync of /a during another operation']);
  });

  it('flips a bit both on the disk and in the shown content', async () => {
    const storage = storageOf();
    storage.writeFile('/a', bytes(4, 0));
    const offset = storage.flipBit('/a');
    expect(storage.readFile('/a')[offset]).not.toBe(0);
    expect(storage.crash().readFile('/a')[offset]).not.toBe(0);
  });

  it('halts in the middle of an operation and answers no operation any more', async () => {
    const storage = storageOf();
    const halted = storage.haltAfter(2);
    const file = await storage.open('/a', 'create');
    let answers = 0;
    void file.append([bytes(1)]).then(() => (answers += 1));
    await halted;
    void storage.stat('/a').then(() => (answers += 1));
    expect(await storage.crashProcess().stat('/a')).toMatchObject({ name: 'a' });
    expect(answers).toBe(0);
  });

  it('counts faults across all its lives', async () => {
    const storage = storageOf({ faults: { append: 1 } });
    const file = await storage.open('/a', 'create');
    await codeOf(file.append([bytes(40)]));
    const next = storage.crashProcess();
    expect(next.tally.of('failed append')).toBe(1);
    expect(next.tally.of('failed sync')).toBe(0);
    next.flipBit('/a');
    expect([...next.tally.all().keys()]).toEqual(expect.arrayContaining(['failed append', 'flipped bit']));
  });

  it('repeats the same faults for the same seed', async () => {
    const run = () =>
      outcomes(async (storage) => {
        await (await storage.open('/data/a', 'create')).append([bytes(40)]);
      });
    expect(await run()).toEqual(await run());
  });
});
