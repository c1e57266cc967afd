// Batches as directories of text files: `<prefix>-<batch time>[.<suffix>]/part-00000`, one part for each partition, and
// a file `_SUCCESS` when all parts are present. Executors write the parts. Each part has a temporary name until it is
// complete and on the disk, and is then renamed; the driver marks the batch last. A reader that finds a part therefore
// finds the complete part, and a reader that finds the mark finds the complete batch. A batch that runs again writes
// the same names (BAT-4), and writes nothing when it is marked.
import { dirname, join } from 'node:path';
import { isMillraceError, type BatchTime, type Storage, type StorageFile } from '@millrace/core';
import { synchronous } from '../rdd/synchronous.ts';
import type { RDD } from '../rdd/rdd.ts';
import { lineOf } from './line-of.ts';

/** Options of `saveAsTextFiles`. */
export interface SaveAsTextFilesOptions<in T> {
  /** The line of a record, without a line end. Default: text unchanged, every other record as JSON. */
  format?(this: void, record: T): string;
  /**
   * True says that every host of the engine mounts the directory of the prefix at this path. Executors on several hosts need
   * this: each host would otherwise have a part of every batch. Default false.
   */
  readonly shared?: boolean;
}

/** The location of an output's files, and the conversion of a record to a line. */
export interface TextFileTarget<T> {
  readonly prefix: string;
  readonly suffix: string;
  readonly format: ((record: T) => string) | undefined;
}

const MARK = '_SUCCESS';
const TEMPORARY = '.writing-';

/** The text that is gathered before a write, in characters. */
const CHUNK_CHARACTERS = 64 * 1_024;

/** The most attempts at one part that may be in progress or left behind. */
const ATTEMPTS_MAX = 1_000;

/** The directory of a batch. */
export function directoryOfBatch(
  { prefix, suffix }: Pick<TextFileTarget<never>, 'prefix' | 'suffix'>,
  batchTime: BatchTime,
): string {
  return suffix === '' ? `${prefix}-${batchTime}` : `${prefix}-${batchTime}.${suffix}`;
}

/** Writes one batch, unless its mark is present. Rejects with `MR_STORAGE_…` and the errors of tasks. */
export async function saveBatch<T>(
  rdd: RDD<T>,
  options: { readonly target: TextFileTarget<T>; readonly batchTime: BatchTime; readonly storage: Storage },
): Promise<void> {
  const { target, batchTime, storage } = options;
  const directory = directoryOfBatch(target, batchTime);
  await makeDurable(storage, directory);
  if ((await storage.stat(join(directory, MARK))) !== undefined) {
    // The attempt that wrote the mark may have failed, or died, before the mark was durable.
    await storage.syncDirectory(directory);
    return;
  }
  await rdd.foreachPartition((records, partition) =>
    writePart(storage, { directory, partition, lines: linesOf(records, target.format) }),
  );
  await removeLeftovers(storage, directory, rdd.partitionCount);
  // The parts are durable before the mark is.
  await storage.syncDirectory(directory);
  await writeWhole(storage, { directory, name: MARK, lines: [] });
  await storage.syncDirectory(directory);
}

interface Part {
  readonly directory: string;
  readonly partition: number;
  readonly lines: Iterable<string>;
}

function writePart(storage: Storage, { directory, partition, lines }: Part): Promise<void> {
  return writeWhole(storage, { directory, name: partName(partition), lines });
}

function partName(partition: number): string {
  return `part-${String(partition).padStart(5, '0')}`;
}

function* linesOf<T>(records: Iterable<T>, format: (record: T) => string = lineOf): Iterable<string> {
  for (const record of records) yield synchronous('saveAsTextFiles', format(record));
}

/** Writes a file that gets its name only when it is complete. */
async function writeWhole(
  storage: Storage,
  {
    directory,
    name,
    lines,
  }: { readonly directory: string; readonly name: string; readonly lines: Iterable<string> },
): Promise<void> {
  const { file, path } = await createTemporary(storage, directory, name);
  try {
    await appendLines(file, lines);
    await file.sync();
  } catch (error) {
    await file.close();
    await storage.remove(path);
    throw error;
  }
  await file.close();
  await storage.rename(path, join(directory, name));
}

/** Another attempt at the same part may run on an executor that counts as lost: each attempt has a name of its own. */
async function createTemporary(
  storage: Storage,
  directory: string,
  name: string,
): Promise<{ readonly file: StorageFile; readonly path: string }> {
  for (let attempt = 0; ; attempt += 1) {
    const path = join(directory, `${TEMPORARY}${name}-${attempt}`);
    try {
      return { file: await storage.open(path, 'create'), path };
    } catch (error) {
      if (!isMillraceError(error, 'MR_STORAGE_EXISTS') || attempt + 1 === ATTEMPTS_MAX) throw error;
    }
  }
}

async function appendLines(file: StorageFile, lines: Iterable<string>): Promise<void> {
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < CHUNK_CHARACTERS) continue;
    await file.append([Buffer.from(text)]);
    text = '';
  }
  if (text !== '') await file.append([Buffer.from(text)]);
}

/**
 * Removes leftovers of dead attempts, and parts of an attempt that had more parts. A late attempt may then miss its
 * file, which no reader needs any more.
 */
async function removeLeftovers(storage: Storage, directory: string, parts: number): Promise<void> {
  const wanted = new Set(Array.from({ length: parts }, (_, partition) => partName(partition)));
  for (const { name, kind } of await storage.list(directory)) {
    const isOurs = name.startsWith(TEMPORARY) || /^part-\d+$/.test(name);
    if (kind === 'file' && isOurs && !wanted.has(name)) await storage.remove(join(directory, name));
  }
}

/**
 * Directories that this process has made on a disk, and whose names may be lost with the power until they are synced.
 */
const unsynced = new WeakMap<Storage, Set<string>>();

/**
 * Makes the directory and its parents; the names of all new directories survive the loss of power. A failed attempt
 * leaves directories behind: the next attempt finds the directories, and has to sync them as well.
 */
async function makeDurable(storage: Storage, directory: string): Promise<void> {
  const made = unsynced.get(storage) ?? new Set<string>();
  unsynced.set(storage, made);
  made.add(directory);
  for (let above = dirname(directory); above !== dirname(above); above = dirname(above)) {
    if (made.has(above)) continue;
    if ((await storage.stat(above)) !== undefined) break;
    made.add(above);
  }
  await storage.makeDirectory(directory);
  for (let path = directory; path !== dirname(path); path = dirname(path)) {
    if (!made.has(path)) continue;
    await storage.syncDirectory(dirname(path));
    made.delete(path);
  }
}
