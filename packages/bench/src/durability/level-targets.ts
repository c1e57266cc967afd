// LevelDB, by classic-level, with a sync for every write.
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { WaitingGroup } from './waiting-group.ts';
import { type DurableTarget, KEPT_BYTES } from './write-load.ts';

const SYNC = { sync: true } as const;

/** One put for each entry, many concurrently: the library decides which waiting entries share a sync. */
export async function levelEachTarget(directory: string, entryBytes: number): Promise<DurableTarget> {
  const { database, nextKey } = await openDatabase(directory, entryBytes);
  return { write: (entry) => database.put(nextKey(), entry, SYNC), close: () => database.close() };
}

/** One batch for all entries that wait. */
export async function levelTogetherTarget(directory: string, entryBytes: number): Promise<DurableTarget> {
  const { database, nextKey } = await openDatabase(directory, entryBytes);
  const group = new WaitingGroup((entries) =>
    database.batch(
      entries.map((value) => ({ type: 'put' as const, key: nextKey(), value })),
      SYNC,
    ),
  );
  return { write: (entry) => group.write(entry), close: () => database.close() };
}

async function openDatabase(directory: string, entryBytes: number) {
  const database = new ClassicLevel<string, Uint8Array>(join(directory, 'bench'), {
    valueEncoding: 'view',
    // The entries are incompressible, and no other contender compresses.
    compression: false,
  });
  await database.open();
  const kept = KEPT_BYTES / entryBytes;
  let count = 0;
  const nextKey = (): string => String(count++ % kept).padStart(8, '0');
  return { database, nextKey };
}
