// Which files of a watched directory belong to which batch. The rules are the model system's: a file is taken when
// it changed after the directory began to be watched and within the window that is remembered, at or before the
// batch time, and was not taken before. Here they are by themselves, without a disk and without a clock: given the
// same entries, they select the same files.
//
//   threshold …… max(initial threshold, t − remembered) < modified ≤ t ……  later batches
//
// Batch times and file times are wall times, and the two part when the wall clock is set or batches stand still. So the
// threshold never goes further than one batch beyond the last look at the directory, nor beyond the present: a file that
// appeared meanwhile is not too old. A clock that went back takes the threshold back with it, and what was there before
// the step is then known by name.
import type { BatchTime } from '../contracts/identifiers.ts';
import type { StorageEntry } from '../contracts/storage.ts';

const REMEMBERED_MIN_MS = 60_000;
/** Stands in a snapshot where the time of a batch stands: these files belong to no batch that is remembered. */
const SETTLED = -1;

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
  readonly #batchIntervalMs: number;
  readonly #selected = new Map<BatchTime, readonly StorageEntry[]>();
  readonly #recentNames = new Set<string>();
  /** Files that belong to no remembered batch and are not taken all the same, until they are older than the threshold. */
  readonly #settled = new Map<string, StorageEntry>();
  /** Wall time of the last look, and what there was. */
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

  /** A file with a modification time up to this one was too old for the last batch, in wall milliseconds. */
  get thresholdMs(): number {
    return this.#thresholdMs;
  }

  /**
   * Files that the last look left out although nothing is known of them: a selection that goes on for another one meets an
   * earlier wall time than that one. Some were read by the other selection, some appeared since. Empty after every other
   * look.
   */
  get leftOut(): readonly StorageEntry[] {
    return this.#leftOut;
  }

  /**
   * The files of a batch, oldest first and then by name, out of the entries of the directory. They belong to this
   * batch from now on: asked again for it, the answer is the same, whatever the entries are (BAT-4).
   *
   * @param nowMs The wall time at which the entries were listed. Absent: the batch time, and nothing is noted of the look.
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

  /** Goes on for another selection, whose last look was for this batch. */
  goOnBehind(batchTime: BatchTime): void {
    this.#lookedAtMs = Math.max(this.#lookedAtMs ?? batchTime, batchTime);
    this.#lastBatchTime = Math.max(this.#lastBatchTime, batchTime);
  }

  /**
   * Forgets the files of batches **before** this time; that of this very time stays. Give it a batch time less what
   * is remembered, at least `rememberDurationMs`: a file forgotten sooner would be taken once more.
   */
  forget(before: BatchTime): void {
    for (const [batchTime, files] of this.#selected) {
      if (batchTime >= before) continue;
      this.#selected.delete(batchTime);
      for (const file of files) {
        this.#recentNames.delete(file.name);
        // Not too old yet, because the clock went back: it would be taken once more.
        if (file.modifiedMs > this.#thresholdMs) this.#settled.set(file.name, file);
      }
    }
  }

  /** Gives a batch the files that it had, whatever was selected for it since (BAT-4). */
  recall(batchTime: BatchTime, files: readonly StorageEntry[]): void {
    for (const { name } of this.#selected.get(batchTime) ?? []) this.#recentNames.delete(name);
    this.#remember(batchTime, files);
  }

  /** What it remembers, for a checkpoint. */
  snapshot(): FileSelectionSnapshot {
    const batches = [...this.#selected].toSorted(([a], [b]) => a - b);
    return this.#settled.size === 0 ? batches : [[SETTLED, [...this.#settled.values()]], ...batches];
  }

  /** Replaces what it remembers by a snapshot: batches that are run again then read the same files. */
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
   * When the clock went back, what there was before is known by name: the threshold does not tell it from new files.
   *
   * @returns what is left out with nothing known of it.
   */
  #noteStep(entries: readonly StorageEntry[], nowMs: number): readonly StorageEntry[] {
    const lookedAtMs = this.#lookedAtMs ?? this.watchedSinceMs;
    if (nowMs >= lookedAtMs) return [];
    // Without an earlier look of its own, a selection that goes on for another cannot tell: nothing is taken twice.
    const known = this.#lastEntries ?? (this.#lookedAtMs === undefined ? [] : entries);
    const leftOut: StorageEntry[] = [];
    for (const entry of known) {
      // What was to come is to come still.
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
    // Of a settled file, another one under its name is news.
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

/** A directory is listed in no particular order; the order of a batch must not depend on it. */
function byTimeAndName(a: StorageEntry, b: StorageEntry): number {
  if (a.modifiedMs !== b.modifiedMs) return a.modifiedMs - b.modifiedMs;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
