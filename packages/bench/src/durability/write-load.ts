// The load of all contenders of the write suites: a number of writers, each of which waits for the durability of its
// entry before the next write. Each contender decides how to combine entries of different writers.
import type { BenchCase } from '../runner/suite.ts';
import { benchDirectory } from './bench-directory.ts';

const KIB = 1_024;

/** Entries of the smallest size of the suites. */
export const SMALL_BYTES = 4 * KIB;

/** The approximate maximum of bytes written in one call of a case. */
const CALL_BYTES = 16 * KIB * KIB;
const CALL_ENTRIES = 1_024;

/** The bytes kept by every contender: older data is overwritten or removed. */
export const KEPT_BYTES = 64 * KIB * KIB;

/** The written entries. */
export interface WriteLoad {
  readonly entryBytes: number;
  readonly writers: number;
  /** The number of entries written by each writer in one call. */
  readonly each: number;
}

/** A destination whose entries are durable once their write resolved. */
export interface DurableTarget {
  /** Resolves when the entry is durable. */
  write(entry: Uint8Array): Promise<unknown>;
  /** Called between calls of the case: removes old data, unless writing already does. */
  tidy?(): Promise<void>;
  close(): Promise<void>;
}

/** The number of writers that share each flush to the disk. */
export const MANY_WRITERS = 64;

/** The loads of a suite: 4 KiB, 64 KiB and 1 MiB, by 1, 8 and 64 writers. */
export const WRITE_LOADS: readonly WriteLoad[] = [4, 64, 1_024].flatMap((kib) =>
  [1, 8, MANY_WRITERS].map((writers) => loadOf(kib * KIB, writers)),
);

/** For suites with many contenders: small entries by one writer and by many, and larger entries by many. */
export const FEWER_WRITE_LOADS: readonly WriteLoad[] = WRITE_LOADS.filter(({ entryBytes, writers }) =>
  writers === MANY_WRITERS ? entryBytes < KIB * KIB : writers === 1 && entryBytes === SMALL_BYTES,
);

function loadOf(entryBytes: number, writers: number): WriteLoad {
  const entries = Math.min(CALL_ENTRIES, CALL_BYTES / entryBytes);
  const each = Math.min(64, Math.max(2, Math.round(entries / writers)));
  return { entryBytes, writers, each };
}

/** A load's name in a table. */
export function loadName({ entryBytes, writers }: WriteLoad): string {
  const size = entryBytes < KIB * KIB ? `${entryBytes / KIB} KiB` : `${entryBytes / KIB / KIB} MiB`;
  return `${size}, ${writers} writer${writers === 1 ? '' : 's'}`;
}

/** Bytes that do not repeat at once. */
export function entryOf(bytes: number): Uint8Array {
  const entry = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 1) entry[at] = at * 31 + (at >> 8);
  return entry;
}

/** An entry for each writer, in separate memory: an entry shared by all writers would stay in the processor's cache. */
export function entriesOf({ entryBytes, writers }: WriteLoad): readonly Uint8Array[] {
  return Array.from({ length: writers }, () => entryOf(entryBytes));
}

/** A case of a separate target in a separate directory. */
export function writersCase(
  name: string,
  load: WriteLoad,
  open: (directory: string) => Promise<DurableTarget>,
): BenchCase {
  const directory = benchDirectory();
  const entries = entriesOf(load);
  const { writers, each } = load;
  const opening = open(directory.path);
  const writeAll = async (target: DurableTarget, entry: Uint8Array): Promise<void> => {
    for (let count = 0; count < each; count += 1) await target.write(entry);
  };
  return {
    name,
    operations: writers * each,
    run: async () => {
      const target = await opening;
      await Promise.all(entries.map((entry) => writeAll(target, entry)));
      await target.tidy?.();
    },
    close: async () => {
      await (await opening).close();
      await directory.remove();
    },
  };
}
