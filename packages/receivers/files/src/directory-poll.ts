// The polls of a directory: each poll selects the files to be read now. The rules of acceptance are in the core's
// `FileSelection`; this file adds the disk, the clock and the reports about a directory that cannot be listed.
import { join } from 'node:path';
import { isMillraceError, messageOf, type ReceiverContext, type StorageEntry } from '@millrace/core';
import {
  DirectoryListing,
  FileSelection,
  MissedFiles,
  type MissedFile,
  OddEntries,
  type OddEntry,
} from '@millrace/core/engine';
import { fileError } from './file-errors.ts';
import { fileNameFilter } from './file-name-filter.ts';
import type { WatchState } from './file-position.ts';
import type { FoundFile } from './file-reading.ts';
import type { FileWatchOptions } from './file-watch.options.ts';
import { PollTimes } from './poll-times.ts';

/** The number of file names in one report. */
const NAMES_REPORTED = 20;

/** Unchanged entries of a large directory are checked again within this number of polls, at most. */
const TURNS_MAX = 30;

type PollContext = Pick<ReceiverContext<never>, 'clock' | 'storage' | 'log' | 'reportError'>;

/** The result of a poll. */
export interface PollResult {
  /** In the order of reading. */
  readonly files: readonly FoundFile[];
  /** The latest of the poll times covered by this poll. */
  readonly timeMs: number;
}

/** Polls one directory from the moment of creation, or continues an earlier watch. */
export class DirectoryPoll {
  readonly #context: PollContext;
  readonly #options: FileWatchOptions;
  readonly #listing: DirectoryListing;
  readonly #odd = new OddEntries();
  readonly #selection: FileSelection;
  readonly #times: PollTimes;
  readonly #missed: MissedFiles;
  readonly #startMs: number;
  #hasListed = false;
  /** The reason why the last poll could not list, and the number of such polls in a row. */
  #trouble: string | undefined;
  #failedPolls = 0;

  constructor(context: PollContext, options: FileWatchOptions, goOn?: WatchState) {
    const { pollIntervalMs, minRememberMs, newFilesOnly } = options;
    this.#context = context;
    this.#options = options;
    this.#startMs = goOn?.sinceMs ?? context.clock.now();
    this.#selection = new FileSelection({
      batchIntervalMs: pollIntervalMs,
      minRememberMs,
      newFilesOnly,
      constructedAtMs: this.#startMs,
      accept: () => true,
    });
    if (goOn !== undefined) {
      this.#selection.restore(goOn.seen);
      this.#selection.goOnBehind(goOn.nextPollMs - pollIntervalMs);
    }
    this.#times = new PollTimes(goOn?.nextPollMs ?? this.#startMs, pollIntervalMs);
    this.#missed = new MissedFiles((missed) => this.#reportMissed(missed));
    this.#listing = new DirectoryListing({
      storage: context.storage,
      directory: options.directory,
      accept: fileNameFilter(options),
      // A changed file is found while its new time is still remembered.
      turns: Math.max(1, Math.min(TURNS_MAX, Math.floor(this.rememberMs / pollIntervalMs / 2))),
    });
  }

  /** The time for which a file is remembered: `minRememberMs` rounded up to whole polls. */
  get rememberMs(): number {
    return this.#selection.rememberDurationMs;
  }

  /** The state for a watch that continues this one. */
  get state(): WatchState {
    return { sinceMs: this.#sinceMs, nextPollMs: this.#times.nextMs, seen: this.#selection.snapshot() };
  }

  /** Polls once. A poll that cannot list finds nothing; a later poll finds its files. */
  async next(): Promise<PollResult> {
    const timeMs = this.#times.latest(this.#context.clock.now());
    const entries = await this.#list(timeMs);
    if (entries === undefined) return { files: [], timeMs };
    const chosen = this.#select(entries, timeMs);
    const { directory } = this.#options;
    return { files: chosen.map((entry) => ({ ...entry, path: join(directory, entry.name) })), timeMs };
  }

  /** A file of an earlier poll was read in this state, or, without an entry, was abandoned. */
  settled(name: string, readAs: StorageEntry | undefined): void {
    this.#missed.settled(name, readAs);
  }

  #select(entries: readonly StorageEntry[], latestMs: number): readonly StorageEntry[] {
    const times = this.#times.upTo(
      latestMs,
      entries.map(({ modifiedMs }) => modifiedMs),
    );
    const chosen = times.flatMap((timeMs) => {
      const selected = this.#selection.select(timeMs, entries, this.#context.clock.now());
      if (this.#selection.leftOut.length > 0) this.#reportLeftOut(this.#selection.leftOut);
      this.#selection.forget(timeMs - this.rememberMs);
      return selected;
    });
    this.#times.served(latestMs);
    if (!this.#hasListed) this.#logFirst(entries, chosen);
    const accepted = new Set(chosen.map(({ name }) => name));
    this.#missed.look({ entries, accepted, oldestMs: this.#selection.thresholdMs, latestMs });
    return chosen;
  }

  /** Files left out from now on are left out on purpose, and reported in one line. */
  #logFirst(entries: readonly StorageEntry[], chosen: readonly StorageEntry[]): void {
    this.#hasListed = true;
    const { directory } = this.#options;
    const leftOutFiles = entries.length - chosen.length;
    this.#context.log.info('watching directory', { directory, acceptedFiles: chosen.length, leftOutFiles });
  }

  /** The begin of the watch; earlier than the start when the clock was set back meanwhile. */
  get #sinceMs(): number {
    return this.#options.newFilesOnly ? this.#selection.watchedSinceMs : this.#startMs;
  }

  /** One report for all: the files read by the previous watch are among these. */
  #reportLeftOut(files: readonly StorageEntry[]): void {
    const message =
      'left out files: the wall clock is behind the clock of the previous start, which may have read the files; ' +
      'move unread files in again, under new names';
    const names = files.slice(0, NAMES_REPORTED).map(({ name }) => name);
    const details = { directory: this.#options.directory, fileCount: files.length, names };
    this.#context.reportError(message, fileError('MR_FILES_TOO_OLD', message, { details }));
  }

  #reportMissed({ entry: { name, modifiedMs, sizeBytes }, why, oldestMs }: MissedFile): void {
    const details = { name, modifiedMs, sizeBytes, oldestMs };
    if (why === 'too-old') {
      const message = `left out ${name}: its modification time is too old; touch files when moving them in`;
      this.#context.reportError(message, fileError('MR_FILES_TOO_OLD', message, { details }));
    } else {
      const message = `left out the part of ${name} that was written after the reading; move files in under new names`;
      this.#context.reportError(message, fileError('MR_FILES_CHANGED', message, { details }));
    }
  }

  /** The files with accepted names; undefined when the directory cannot be listed. */
  async #list(timeMs: number): Promise<readonly StorageEntry[] | undefined> {
    try {
      const entries = await this.#listing.list(timeMs);
      this.#onListed();
      for (const odd of this.#odd.look(entries, timeMs)) this.#reportOdd(odd);
      return entries.filter(({ kind }) => kind === 'file');
    } catch (error) {
      this.#onListFailed(error, timeMs);
      return undefined;
    }
  }

  #onListed(): void {
    if (this.#trouble === undefined) return;
    const { directory } = this.#options;
    this.#context.log.info('directory is listed again', { directory, failedPolls: this.#failedPolls });
    this.#trouble = undefined;
    this.#failedPolls = 0;
  }

  /** Polls follow each other quickly: a lasting failure is reported once. */
  #onListFailed(error: unknown, timeMs: number): void {
    const { directory } = this.#options;
    const isMissing = isMillraceError(error, 'MR_STORAGE_NOT_FOUND');
    const trouble = isMillraceError(error) ? error.code : 'unknown';
    const isNews = trouble !== this.#trouble;
    this.#trouble = trouble;
    this.#failedPolls += 1;
    // A missing directory has no files. After any other failure, the files are still to be found, including files that
    // will be too old by then: the poll times stay open until a listing covers them.
    if (isMissing) this.#times.served(timeMs);
    if (!isNews) return;
    if (isMissing) this.#context.log.warn('directory not found, waiting for the directory', { directory });
    else this.#reportListFailed(error);
  }

  #reportOdd({ kind, entry, what }: OddEntry): void {
    const { name, modifiedMs } = entry;
    const isLater = kind === 'from the future';
    const code = isLater ? 'MR_FILES_FROM_THE_FUTURE' : 'MR_FILES_NO_FILE';
    const then = isLater
      ? 'the file is read at that time; touch the file for reading it now'
      : 'the entry is left out';
    const message = `expected ${name} to be a file that can be read now, but the entry ${what}; ${then}`;
    const details = { directory: this.#options.directory, name, ...(isLater ? { modifiedMs } : {}) };
    this.#context.reportError(message, fileError(code, message, { details }));
  }

  #reportListFailed(cause: unknown): void {
    const { directory } = this.#options;
    const why = messageOf(cause);
    const message = `expected to list ${directory}: ${why}; every poll tries again`;
    this.#context.reportError(
      message,
      fileError('MR_FILES_LIST_FAILED', message, { details: { directory }, cause }),
    );
  }
}
