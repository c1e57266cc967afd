// The assignment of files of a watched directory to batches. The rules are those of the model system: a file is taken
// when the file changed after the watch began and within the remembered window, at or before the batch time, and was
// not taken before. The rules here use no disk and no clock: the same entries produce the same selection.
//
//   threshold …… max(initial threshold, t − remembered) < modified ≤ t ……  later batches
//
// Batch times and file times are wall times, and the two diverge when the wall clock is set or batches stand still. The
// threshold therefore never goes further than one batch beyond the last listing of the directory, nor beyond the
// present: a file that appeared meanwhile is not too old. A clock that is set back takes the threshold back, and files
// from before the step are then recognised by name.
import type { BatchTime } from '../contracts/identifiers.ts';
import type { StorageEntry } from '../contracts/storage.ts';

const REMEMBERED_MIN_MS = 60_000;
/** The batch time in a snapshot for files that belong to no remembered batch. */
const SETTLED = -1;

/** Options of a file selection. */
export interface FileSelectionOptions {
  /** Length of a batch in milliseconds. */
  readonly batchIntervalMs: number;
  /** The smallest permitted delay before a file becomes visible; 60,000 ms by default. */
  readonly minRememberMs?: number;
  /** True: leave out files from before the watch. Default true. */
  readonly newFilesOnly?: boolean;
  /** The start of the watch, in wall milliseconds: the threshold of `newFilesOnly`. */
  readonly constructedAtMs: number;
  /** Selects names; by default, every name without a leading dot. */
  readonly accept?: (name: string) => boolean;
}

/** The state of a selection, as plain data for a checkpoint: the files of each batch, oldest batch first. */
export type FileSelectionSnapshot = readonly (readonly [BatchTime, readonly StorageEntry[]])[];

/** Selects the files of each batch, each file once. */
export class FileSelection {
  /**
   * The longest accepted age of a file, in milliseconds: a whole number of batches. Files of older batches may be
   * forgotten.
   */
  readonly rememberDurationMs: number;
  /**
   * Files with an earlier or equal change are left out, in wall milliseconds. A driver that succeeds another one sets
   * the value back.
   */
  watchedSinceMs: number;
  readonly #accept: (name: string) => boolean;
  readonly #batchIntervalMs: number;
  readonly #selected = new Map<BatchTime, readonly StorageEntry[]>();
  readonly #recentNames = new Set<string>();
  /** Files of no remembered batch that must not be taken again, until the files are older than the threshold. */
  readonly #settled = new Map<string, StorageEntry>();
  /** The wall time of the last listing, and its entries. */
  #lookedAtMs: number | undefined;
  #lastEntries: readonly StorageEntry[] | undefined;
  #lastBatchTime = Number.NEGATIVE_INFINITY;
  #thresholdMs = Number.NEGATIVE_INFINITY;
  #leftOut: readonly StorageEntry[] = [];

  /** @throws TypeError when an interval is not a positive number. */
  constructor(options: FileSelectionOptions) {
    const { batchIntervalMs, minRememberMs = REMEMBERED_MIN_MS } = options;
    if (!(batchIntervalMs > 0) || !(minRememberMs > 0)) {
      throw new TypeError(`intervals must be above 0 ms, got ${batchIntervalMs} and ${minRememberMs}`);
    }
    this.#batchIntervalMs = batchIntervalMs;
    this.rememberDurationMs = Math.ceil(minRememberMs / batchIntervalMs) * batchIntervalMs;
    this.watchedSinceMs = (options.newFilesOnly ?? true) ? options.constructedAtMs : 0;
    this.#accept = options.accept ?? isVisible;
  }

  /** A file with a modification time up to this time was too old for the last batch, in wall milliseconds. */
  get thresholdMs(): number {
    return this.#thresholdMs;
  }

  /**
   * Files that the last listing left out although their history is unknown: a selection that succeeds another one can
   * meet an earlier wall time than its predecessor. Some files were read by the predecessor, some appeared since. Empty
   * after every other listing.
   */
  get leftOut(): readonly StorageEntry[] {
    return this.#leftOut;
  }

  /**
   * The files of a batch, oldest first and then by name, out of the entries of the directory. The files belong to this
   * batch from now on: a repeated call for the batch returns the same answer, for any entries (BAT-4).
   *
   * @param nowMs The wall time of the listing. Absent: the batch time, and the listing is not recorded.
   */
  select(batchTime: BatchTime, entries: readonly StorageEntry[], nowMs?: number): readonly StorageEntry[] {
    const before = this.#selected.get(batchTime);
    if (before !== undefined) return before;
    this.#leftOut = nowMs === undefined ? [] : this.#noteStep(entries, nowMs);
    this.#moveThreshold(batchTime, nowMs ?? batchTime);
    const selected = entries.filter((entry) => this.#isTaken(batchTime, entry)).toSorted(byTimeAndName);
    this.#remember(batchTime, selected);
    if (nowMs !== undefined) {
      this.#lookedAtMs = nowMs;
      this.#lastEntries = entries;
      this.#lastBatchTime = batchTime;
    }
    return selected;
  }

  /** Continues after another selection, whose last listing was for this batch. */
  goOnBehind(batchTime: BatchTime): void {
    this.#lookedAtMs = Math.max(this.#lookedAtMs ?? batchTime, batchTime);
    this.#lastBatchTime = Math.max(this.#lastBatchTime, batchTime);
  }

  /**
   * Forgets the files of batches **before** this time; the batch at this very time stays. Pass a batch time minus the
   * remembered duration, at least `rememberDurationMs`: a file forgotten earlier would be taken again.
   */
  forget(before: BatchTime): void {
    for (const [batchTime, files] of this.#selected) {
      if (batchTime >= before) continue;
      this.#selected.delete(batchTime);
      for (const file of files) {
        this.#recentNames.delete(file.name);
        // Not too old yet, because the clock was set back: the file would be taken again.
        if (file.modifiedMs > this.#thresholdMs) this.#settled.set(file.name, file);
      }
    }
  }

  /** Restores the files of a batch, replacing any later selection for that batch (BAT-4). */
  recall(batchTime: BatchTime, files: readonly StorageEntry[]): void {
    for (const { name } of this.#selected.get(batchTime) ?? []) this.#recentNames.delete(name);
    this.#remember(batchTime, files);
  }

  /** The state of the selection, for a checkpoint. */
  snapshot(): FileSelectionSnapshot {
    const batches = [...this.#selected].toSorted(([a], [b]) => a - b);
    return this.#settled.size === 0 ? batches : [[SETTLED, [...this.#settled.values()]], ...batches];
  }

  /** Replaces the state by a snapshot: re-run batches then read the same files. */
  restore(snapshot: FileSelectionSnapshot): void {
    this.#selected.clear();
    this.#recentNames.clear();
    this.#settled.clear();
    for (const [batchTime, files] of snapshot) {
      if (batchTime === SETTLED) for (const file of files) this.#settled.set(file.name, file);
      else this.#remember(batchTime, files);
    }
  }

  /**
   * After a step back of the clock, earlier files are recognised by name: the threshold does not distinguish these
   * files from new ones.
   *
   * @returns the files that are left out with an unknown history.
   */
  #noteStep(entries: readonly StorageEntry[], nowMs: number): readonly StorageEntry[] {
    const lookedAtMs = this.#lookedAtMs ?? this.watchedSinceMs;
    if (nowMs >= lookedAtMs) return [];
    // Without an earlier listing of its own, a succeeding selection has no names to compare: no file is taken twice.
    const known = this.#lastEntries ?? (this.#lookedAtMs === undefined ? [] : entries);
    const leftOut: StorageEntry[] = [];
    for (const entry of known) {
      // A file of a future batch stays a file of a future batch.
      if (entry.modifiedMs > this.#lastBatchTime || this.#recentNames.has(entry.name)) continue;
      const isUnknown = known === entries && this.#settled.get(entry.name)?.modifiedMs !== entry.modifiedMs;
      if (isUnknown && entry.kind === 'file' && this.#accept(entry.name)) leftOut.push(entry);
      this.#settled.set(entry.name, entry);
    }
    this.watchedSinceMs = Math.min(this.watchedSinceMs, nowMs - this.rememberDurationMs);
    return leftOut;
  }

  #moveThreshold(batchTime: BatchTime, nowMs: number): void {
    const lookedAtMs = this.#lookedAtMs ?? Number.POSITIVE_INFINITY;
    const latestMs = Math.min(batchTime, nowMs, lookedAtMs + this.#batchIntervalMs);
    this.#thresholdMs = Math.max(this.watchedSinceMs, latestMs - this.rememberDurationMs);
    for (const [name, { modifiedMs }] of this.#settled)
      if (modifiedMs <= this.#thresholdMs) this.#settled.delete(name);
  }

  #isTaken(batchTime: BatchTime, entry: StorageEntry): boolean {
    if (entry.kind !== 'file' || !this.#accept(entry.name)) return false;
    if (entry.modifiedMs <= this.#thresholdMs || entry.modifiedMs > batchTime) return false;
    // A different file under the name of a settled file is a new file.
    return (
      !this.#recentNames.has(entry.name) && this.#settled.get(entry.name)?.modifiedMs !== entry.modifiedMs
    );
  }

  #remember(batchTime: BatchTime, files: readonly StorageEntry[]): void {
    this.#selected.set(batchTime, files);
    for (const { name } of files) this.#recentNames.add(name);
  }
}

function isVisible(name: string): boolean {
  return !name.startsWith('.');
}

/** A directory is listed in no particular order; the order of a batch must not depend on that order. */
function byTimeAndName(a: StorageEntry, b: StorageEntry): number {
  if (a.modifiedMs !== b.modifiedMs) return a.modifiedMs - b.modifiedMs;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
