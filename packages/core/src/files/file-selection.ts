// Which files of a watched directory belong to which batch. The rules are the model system's: a file is taken when
// it changed after the directory began to be watched and within the window that is remembered, at or before the
// batch time, and was not taken before. Here they are by themselves, without a disk and without a clock: given the
// same entries, they select the same files.
//
//   threshold …… max(initial threshold, t − remembered) < modified ≤ t ……  later batches
import type { BatchTime } from '../contracts/identifiers.ts';
import type { StorageEntry } from '../contracts/storage.ts';

const REMEMBERED_MIN_MS = 60_000;

/** How to select. */
export interface FileSelectionOptions {
  /** Length of a batch in milliseconds. */
  readonly batchIntervalMs: number;
  /** How long a file may be late in becoming visible, at least; 60,000 ms by default. */
  readonly minRememberMs?: number;
  /** Leave out what was there before; true by default. */
  readonly newFilesOnly?: boolean;
  /** When the watching began, in wall milliseconds: the threshold of `newFilesOnly`. */
  readonly constructedAtMs: number;
  /** Whether a name is taken at all; by default, when it does not begin with a dot. */
  readonly accept?: (name: string) => boolean;
}

/** What a selection remembers, as plain data for a checkpoint: the files of each batch, oldest batch first. */
export type FileSelectionSnapshot = readonly (readonly [BatchTime, readonly StorageEntry[]])[];

/** Selects the files of each batch, each file once. */
export class FileSelection {
  /**
   * How far back a file's time may lie, in milliseconds: a whole number of batches. Files of batches older than this
   * may be forgotten.
   */
  readonly rememberDurationMs: number;
  /** Files that changed up to then are left out, in wall milliseconds. A driver that goes on for another sets it back. */
  watchedSinceMs: number;
  readonly #accept: (name: string) => boolean;
  readonly #selected = new Map<BatchTime, readonly StorageEntry[]>();
  readonly #recentNames = new Set<string>();

  /** @throws TypeError when an interval is not a positive number. */
  constructor(options: FileSelectionOptions) {
    const { batchIntervalMs, minRememberMs = REMEMBERED_MIN_MS } = options;
    if (!(batchIntervalMs > 0) || !(minRememberMs > 0)) {
      throw new TypeError(`intervals must be above 0 ms, got ${batchIntervalMs} and ${minRememberMs}`);
    }
    this.rememberDurationMs = Math.ceil(minRememberMs / batchIntervalMs) * batchIntervalMs;
    this.watchedSinceMs = (options.newFilesOnly ?? true) ? options.constructedAtMs : 0;
    this.#accept = options.accept ?? isVisible;
  }

  /**
   * The files of a batch, oldest first and then by name, out of the entries of the directory. They belong to this
   * batch from now on: asked again for it, the answer is the same, whatever the entries are (BAT-4).
   */
  select(batchTime: BatchTime, entries: readonly StorageEntry[]): readonly StorageEntry[] {
    const before = this.#selected.get(batchTime);
    if (before !== undefined) return before;
    const selected = entries.filter((entry) => this.#isTaken(batchTime, entry)).toSorted(byTimeAndName);
    this.#remember(batchTime, selected);
    return selected;
  }

  /**
   * Forgets the files of batches **before** this time; that of this very time stays. Give it a batch time less what
   * is remembered, at least `rememberDurationMs`: a file forgotten sooner would be taken once more.
   */
  forget(before: BatchTime): void {
    for (const [batchTime, files] of this.#selected) {
      if (batchTime >= before) continue;
      this.#selected.delete(batchTime);
      for (const { name } of files) this.#recentNames.delete(name);
    }
  }

  /** Gives a batch the files that it had, whatever was selected for it since (BAT-4). */
  recall(batchTime: BatchTime, files: readonly StorageEntry[]): void {
    for (const { name } of this.#selected.get(batchTime) ?? []) this.#recentNames.delete(name);
    this.#remember(batchTime, files);
  }

  /** What it remembers, for a checkpoint. */
  snapshot(): FileSelectionSnapshot {
    return [...this.#selected].toSorted(([a], [b]) => a - b);
  }

  /** Replaces what it remembers by a snapshot: batches that are run again then read the same files. */
  restore(snapshot: FileSelectionSnapshot): void {
    this.#selected.clear();
    this.#recentNames.clear();
    for (const [batchTime, files] of snapshot) this.#remember(batchTime, files);
  }

  #isTaken(batchTime: BatchTime, entry: StorageEntry): boolean {
    if (entry.kind !== 'file' || !this.#accept(entry.name)) return false;
    const thresholdMs = Math.max(this.watchedSinceMs, batchTime - this.rememberDurationMs);
    if (entry.modifiedMs <= thresholdMs || entry.modifiedMs > batchTime) return false;
    return !this.#recentNames.has(entry.name);
  }

  #remember(batchTime: BatchTime, files: readonly StorageEntry[]): void {
    this.#selected.set(batchTime, files);
    for (const { name } of files) this.#recentNames.add(name);
  }
}

function isVisible(name: string): boolean {
  return !name.startsWith('.');
}

/** A directory is listed in no particular order; the order of a batch must not depend on it. */
function byTimeAndName(a: StorageEntry, b: StorageEntry): number {
  if (a.modifiedMs !== b.modifiedMs) return a.modifiedMs - b.modifiedMs;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
