// A simulated disk with the faults of real disks. Unsynced data may be lost page by page, in any order and subset. A
// failed sync drops arbitrary pages. An append may stop halfway. The disk may be full. At any operation the machine may
// lose power or the process may die. A seed decides every fault, so every run can be repeated.
//
// The disk also watches the caller: an append after a failed sync and two operations at once on one file are recorded
// in `violations` (STORAGE-24 to STORAGE-26, WAL-3).
import { posix } from 'node:path';
import type { RandomSource, Storage, StorageEntry, StorageFile, StorageOpenMode } from '@millrace/core';
import { DiskDirectory, type DiskNode } from './disk-directory.ts';
import { DiskFile } from './disk-file.ts';
import { FaultTally } from './fault-tally.ts';
import { FaultyFile } from './faulty-file.ts';
import { FaultyMachine, type FaultRates } from './faulty-machine.ts';
import { fullPath, storageFailure } from './storage-failure.ts';

/** Options of a faulty disk. */
export interface FaultyStorageOptions {
  /** Decides about every fault and about the data that survives. */
  readonly random: RandomSource;
  /** The probability of failure for each operation; no failures by default. */
  readonly faults?: FaultRates;
  /** The number of bytes before writing fails with `MR_STORAGE_FULL`; unbounded by default. */
  readonly capacityBytes?: number;
  /** The unit of loss; 4,096 bytes by default. Small pages let small tests show more faults. */
  readonly pageBytes?: number;
  /** Counts the faults; a new tally by default. Several disks may share one tally. */
  readonly tally?: FaultTally;
}

/** A simulated disk during one life of a machine. Relative paths start at `/`, which always exists. */
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

  /** The probability of failure for each operation; may be changed at any time. */
  get faults(): FaultRates {
    return this.#machine.rates;
  }

  set faults(rates: FaultRates) {
    this.#machine.rates = rates;
  }

  /** The capacity in bytes; may be changed at any time. */
  get capacityBytes(): number {
    return this.#machine.capacityBytes;
  }

  set capacityBytes(bytes: number) {
    this.#machine.capacityBytes = bytes;
  }

  /** The caller's violations of the port's rules. */
  get violations(): readonly string[] {
    return this.#machine.violations;
  }

  /** The faults so far, in this life of the machine and in earlier lives. */
  get tally(): FaultTally {
    return this.#machine.tally;
  }

  /** The number of operations begun. */
  get operations(): number {
    return this.#machine.operations;
  }

  /**
   * Lets `operations` more operations begin and stops in the middle of the last one: this operation and all later ones
   * never settle. Resolves at the stop; `crash` or `crashProcess` then give the remaining disk.
   */
  haltAfter(operations: number): Promise<void> {
    return this.#machine.haltAfter(operations);
  }

  /** The disk after a power loss. This object must not be used any more. */
  crash(): FaultyStorage {
    this.#machine.halt();
    return this.#next(this.#root.afterPowerLoss(this.#machine));
  }

  /**
   * The disk after the death of the process: the system kept all written data. This object must not be used any more.
   */
  crashProcess(): FaultyStorage {
    this.#machine.halt();
    return this.#next(this.#root);
  }

  /** Damages one bit of a file, at a random offset unless one is given. Returns the offset of the byte. */
  flipBit(path: string, offset?: number): number {
    const file = this.#fileAt(path);
    const at = offset ?? this.#machine.random.integer(Math.max(1, file.sizeBytes));
    this.#machine.tally.note('flipped bit');
    file.flipBit(at, this.#machine.random.integer(8));
    return at;
  }

  /** Puts a whole file on the disk, durably, and creates the parent directories. */
  writeFile(path: string, content: Uint8Array): void {
    const directory = this.#makeDirectories(posix.dirname(fullPath(path)), true);
    directory.link(posix.basename(path), new DiskFile(this.#pageBytes, content));
    directory.sync();
  }

  /** A whole file as shown by the system; a copy. @throws `MR_STORAGE_NOT_FOUND`. */
  readFile(path: string): Uint8Array {
    const file = this.#fileAt(path);
    return file.read(0, file.sizeBytes);
  }

  /**
   * The files below a directory as shown by the system: relative paths and sizes in bytes; empty when the directory is
   * absent.
   */
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

  /** Draws no fault and is no operation: observers ask, and worlds must not differ by observers. */
  async freeBytes(directory: string): Promise<number> {
    this.#directoryAt(directory);
    return Math.max(0, this.capacityBytes - bytesBelow(this.#root));
  }

  /** Takes a lock among the users of this object. The lock creates no file and ends with this life of the machine. */
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
    if (node instanceof DiskDirectory)
      throw storageFailure('MR_STORAGE_FAILED', path, 'the path is a directory');
    if (node !== undefined) this.#directoryAt(posix.dirname(fullPath(path))).unlink(posix.basename(path));
  }

  #lock(full: string): () => Promise<void> {
    if (this.#locks.has(full))
      throw storageFailure('MR_STORAGE_LOCKED', full, 'another owner holds the lock');
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
    throw storageFailure('MR_STORAGE_NOT_FOUND', path, 'it is not there');
  }

  #directoryAt(path: string): DiskDirectory {
    const node = this.#nodeAt(path);
    if (node instanceof DiskDirectory) return node;
    throw storageFailure('MR_STORAGE_NOT_FOUND', path, 'the directory does not exist');
  }

  #fileForWriting(path: string, mode: 'append' | 'create'): DiskFile {
    const existing = this.#nodeAt(path);
    if (existing !== undefined && mode === 'append') return this.#fileAt(path);
    if (existing !== undefined) throw storageFailure('MR_STORAGE_EXISTS', path, 'it is there already');
    const file = new DiskFile(this.#pageBytes);
    this.#directoryAt(posix.dirname(fullPath(path))).link(posix.basename(path), file);
    return file;
  }

  #makeDirectories(full: string, isDurable: boolean): DiskDirectory {
    let directory = this.#root;
    for (const name of namesOf(full)) {
      const node = directory.get(name) ?? new DiskDirectory();
      if (!(node instanceof DiskDirectory))
        throw storageFailure('MR_STORAGE_EXISTS', full, 'a file has this name');
      if (directory.get(name) === undefined) directory.link(name, node);
      if (isDurable) directory.sync();
      directory = node;
    }
    return directory;
  }
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
