// A disk that does what disks do. What was not synced may be lost in any order and subset, page by page; a failed sync
// drops pages without saying which; appends stop halfway; the disk is full; and at any operation the machine may lose
// its power or the process may die. A seed decides, so every run can be repeated.
//
// It also watches its caller: a file that is appended to after a failed sync, or used by two operations at once, is
// noted in `violations` (STORAGE-24 to STORAGE-26, WAL-3).
import { posix } from 'node:path';
import type { RandomSource, Storage, StorageEntry, StorageFile, StorageOpenMode } from '@millrace/core';
import { coreError } from '@millrace/core';
import { DiskDirectory, type DiskNode } from './disk-directory.ts';
import { DiskFile } from './disk-file.ts';
import { FaultTally } from './fault-tally.ts';
import { FaultyFile } from './faulty-file.ts';
import { FaultyMachine, type FaultRates } from './faulty-machine.ts';

/** What a faulty disk is made of. */
export interface FaultyStorageOptions {
  /** Decides about every fault, and about what survives. */
  readonly random: RandomSource;
  /** How likely each operation fails; nothing fails by default. */
  readonly faults?: FaultRates;
  /** How many bytes it holds before writing fails with `MR_STORAGE_FULL`; no bound by default. */
  readonly capacityBytes?: number;
  /** What is kept or lost as one; 4,096 by default. Small pages make small tests telling. */
  readonly pageBytes?: number;
  /** Counts what goes wrong; one of its own by default. Several disks may share one. */
  readonly tally?: FaultTally;
}

/** A simulated disk, as one life of a machine sees it. Relative paths start at `/`, which is always there. */
export class FaultyStorage implements Storage {
  readonly #machine: FaultyMachine;
  readonly #root: DiskDirectory;
  readonly #pageBytes: number;
  readonly #locks = new Set<string>();

  constructor(options: FaultyStorageOptions, root: DiskDirectory = new DiskDirectory()) {
    this.#root = root;
    this.#pageBytes = options.pageBytes ?? 4_096;
    this.#machine = new FaultyMachine({
      random: options.random,
      tally: options.tally ?? new FaultTally(),
      rates: options.faults ?? {},
      capacityBytes: options.capacityBytes ?? Number.POSITIVE_INFINITY,
      usedBytes: () => bytesBelow(this.#root),
    });
  }

  /** How likely each operation fails; may be changed at any time. */
  get faults(): FaultRates {
    return this.#machine.rates;
  }

  set faults(rates: FaultRates) {
    this.#machine.rates = rates;
  }

  /** How many bytes it holds; may be changed at any time. */
  get capacityBytes(): number {
    return this.#machine.capacityBytes;
  }

  set capacityBytes(bytes: number) {
    this.#machine.capacityBytes = bytes;
  }

  /** What its caller did that the port forbids. */
  get violations(): readonly string[] {
    return this.#machine.violations;
  }

  /** What went wrong so far, in this life of the machine and those before it. */
  get tally(): FaultTally {
    return this.#machine.tally;
  }

  /** How many operations were begun. */
  get operations(): number {
    return this.#machine.operations;
  }

  /**
   * Lets `operations` more operations begin and stops in the middle of the last one: it and all later ones never
   * settle. Resolves at that moment; what is left is then found by `crash` or `crashProcess`.
   */
  haltAfter(operations: number): Promise<void> {
    return this.#machine.haltAfter(operations);
  }

  /** The disk after a loss of power. This object is of no use any more. */
  crash(): FaultyStorage {
    this.#machine.halt();
    return this.#next(this.#root.afterPowerLoss(this.#machine));
  }

  /** The disk after the death of the process: the system kept everything written. This object is of no use any more. */
  crashProcess(): FaultyStorage {
    this.#machine.halt();
    return this.#next(this.#root);
  }

  /** Damages a bit of a file; where exactly is drawn unless it is given. Returns the byte's offset. */
  flipBit(path: string, offset?: number): number {
    const file = this.#fileAt(path);
    const at = offset ?? this.#machine.random.integer(Math.max(1, file.sizeBytes));
    this.#machine.tally.note('flipped bit');
    file.flipBit(at, this.#machine.random.integer(8));
    return at;
  }

  /** Puts a whole file on the disk, durably, with the directories above it. */
  writeFile(path: string, content: Uint8Array): void {
    const directory = this.#makeDirectories(posix.dirname(fullPath(path)), true);
    directory.link(posix.basename(path), new DiskFile(this.#pageBytes, content));
    directory.sync();
  }

  /** A whole file as the system shows it; a copy. @throws `MR_STORAGE_NOT_FOUND`. */
  readFile(path: string): Uint8Array {
    const file = this.#fileAt(path);
    return file.read(0, file.sizeBytes);
  }

  /** The files below a directory as the system shows them: paths from it on, and sizes in bytes; none when it is absent. */
  files(directory: string): readonly { readonly path: string; readonly sizeBytes: number }[] {
    const node = this.#nodeAt(directory);
    return node instanceof DiskDirectory ? filesBelow(node) : [];
  }

  open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    return this.#machine.perform('open', path, {
      whole: () => {
        const isThere = mode === 'read' || mode === 'overwrite';
        const file = isThere ? this.#fileAt(path) : this.#fileForWriting(path, mode);
        return new FaultyFile(path, file, this.#machine, mode);
      },
    });
  }

  list(directory: string): Promise<readonly StorageEntry[]> {
    return this.#machine.perform('list', directory, {
      whole: () =>
        this.#directoryAt(directory)
          .entries()
          .map(([name, node]) => entryOf(name, node)),
    });
  }

  stat(path: string): Promise<StorageEntry | undefined> {
    return this.#machine.perform('stat', path, {
      whole: () => {
        const node = this.#nodeAt(path);
        return node === undefined ? undefined : entryOf(posix.basename(fullPath(path)), node);
      },
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#machine.perform('rename', from, { whole: () => this.#rename(from, to) });
  }

  remove(path: string): Promise<void> {
    return this.#machine.perform('remove', path, { whole: () => this.#remove(path) });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#machine.perform('makeDirectory', path, {
      whole: () => void this.#makeDirectories(fullPath(path), false),
    });
  }

  syncDirectory(path: string): Promise<void> {
    return this.#machine.perform('syncDirectory', path, {
      whole: () => this.#directoryAt(path).sync(),
      half: () => this.#directoryAt(path).failSync(this.#machine),
    });
  }

  /** Takes a lock among the users of this object; it makes no file, and ends with this life of the machine. */
  lock(path: string): Promise<() => Promise<void>> {
    return this.#machine.perform('lock', path, { whole: () => this.#lock(fullPath(path)) });
  }

  #rename(from: string, to: string): void {
    const file = this.#fileAt(from);
    const source = this.#directoryAt(posix.dirname(fullPath(from)));
    const target = this.#directoryAt(posix.dirname(fullPath(to)));
    if (source === target) {
      source.rename(posix.basename(from), posix.basename(to), file);
    } else {
      target.link(posix.basename(to), file);
      source.unlink(posix.basename(from));
    }
  }

  #remove(path: string): void {
    const node = this.#nodeAt(path);
    if (node instanceof DiskDirectory) throw failure('MR_STORAGE_FAILED', path, 'it is a directory');
    if (node !== undefined) this.#directoryAt(posix.dirname(fullPath(path))).unlink(posix.basename(path));
  }

  #lock(full: string): () => Promise<void> {
    if (this.#locks.has(full)) throw failure('MR_STORAGE_LOCKED', full, 'somebody holds its lock');
    this.#locks.add(full);
    let isHeld = true;
    return async () => {
      if (isHeld) this.#locks.delete(full);
      isHeld = false;
    };
  }

  #next(root: DiskDirectory): FaultyStorage {
    const { random, tally, rates, capacityBytes } = this.#machine;
    const pageBytes = this.#pageBytes;
    return new FaultyStorage({ random, tally, faults: rates, capacityBytes, pageBytes }, root);
  }

  #nodeAt(path: string): DiskNode | undefined {
    let node: DiskNode | undefined = this.#root;
    for (const name of namesOf(path)) node = node instanceof DiskDirectory ? node.get(name) : undefined;
    return node;
  }

  #fileAt(path: string): DiskFile {
    const node = this.#nodeAt(path);
    if (node instanceof DiskFile) return node;
    throw failure('MR_STORAGE_NOT_FOUND', path, 'it is not there');
  }

  #directoryAt(path: string): DiskDirectory {
    const node = this.#nodeAt(path);
    if (node instanceof DiskDirectory) return node;
    throw failure('MR_STORAGE_NOT_FOUND', path, 'there is no such directory');
  }

  #fileForWriting(path: string, mode: 'append' | 'create'): DiskFile {
    const existing = this.#nodeAt(path);
    if (existing !== undefined && mode === 'append') return this.#fileAt(path);
    if (existing !== undefined) throw failure('MR_STORAGE_EXISTS', path, 'it is there already');
    const file = new DiskFile(this.#pageBytes);
    this.#directoryAt(posix.dirname(fullPath(path))).link(posix.basename(path), file);
    return file;
  }

  #makeDirectories(full: string, isDurable: boolean): DiskDirectory {
    let directory = this.#root;
    for (const name of namesOf(full)) {
      const node = directory.get(name) ?? new DiskDirectory();
      if (!(node instanceof DiskDirectory)) throw failure('MR_STORAGE_EXISTS', full, 'a file has this name');
      if (directory.get(name) === undefined) directory.link(name, node);
      if (isDurable) directory.sync();
      directory = node;
    }
    return directory;
  }
}

function fullPath(path: string): string {
  return posix.resolve('/', path);
}

function namesOf(path: string): readonly string[] {
  return fullPath(path)
    .split('/')
    .filter((name) => name !== '');
}

function filesBelow(
  directory: DiskDirectory,
  prefix = '',
): { readonly path: string; readonly sizeBytes: number }[] {
  return directory
    .entries()
    .flatMap(([name, node]) =>
      node instanceof DiskFile
        ? [{ path: `${prefix}${name}`, sizeBytes: node.sizeBytes }]
        : filesBelow(node, `${prefix}${name}/`),
    );
}

function bytesBelow(directory: DiskDirectory): number {
  return directory
    .entries()
    .reduce((sum, [, node]) => sum + (node instanceof DiskFile ? node.sizeBytes : bytesBelow(node)), 0);
}

function entryOf(name: string, node: DiskNode): StorageEntry {
  return node instanceof DiskFile
    ? { name, kind: 'file', sizeBytes: node.sizeBytes, modifiedMs: 0 }
    : { name, kind: 'directory', sizeBytes: 0, modifiedMs: 0 };
}

type FailureCode = Parameters<typeof coreError>[0] & `MR_STORAGE_${string}`;

function failure(code: FailureCode, path: string, reason: string): Error {
  return coreError(code, `could not use ${path}: ${reason}`, { details: { path } });
}
