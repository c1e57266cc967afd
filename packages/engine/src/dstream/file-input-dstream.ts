// A stream of the content of files that appear in a directory. There is no receiver: before each batch the driver lists
// the directory and selects the files of the batch; the executors read these files when computing the batch. Files have
// to be moved into the directory complete, by a rename: data appended later is not read.
import { join } from 'node:path';
import { isMillraceError, type BatchTime, type StorageEntry } from '@millrace/core';
import {
  DirectoryListing,
  FileSelection,
  MissedFiles,
  OddEntries,
  type FileSelectionSnapshot,
} from '@millrace/core/engine';
import type { ForgottenData } from '../batches/job-graph.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import type { SelectedFile } from '../rdd/file-chunks.ts';
import { durationMs, operatorOptions, text } from '../graph/checked-argument.ts';
import type { CheckpointedState } from '../graph/checkpointed-state.ts';
import { type PlaceOfData, placeOfFiles } from '../graph/place-of-data.ts';
import { dstreamError } from '../graph/dstream-errors.ts';
import { InputDStream, type InputDescription } from './input-dstream.ts';
import type { StreamScope } from '../graph/stream-scope.ts';

/** Options of a stream of files. */
export interface FileStreamOptions {
  /** Leaves out the files that existed when the stream was defined. Default true. */
  readonly newFilesOnly?: boolean;
  /**
   * The longest time between a file's modification time and its appearance in the directory, in milliseconds. Default
   * 60,000.
   */
  readonly minRememberMs?: number;
  /** Accepts or refuses a file name. Default: accepts names that do not begin with a dot. */
  readonly accept?: (name: string) => boolean;
  /**
   * True says that every host of the engine mounts the directory at this path. Executors on several hosts need this: the
   * driver lists the directory, and any executor reads a file. Default false.
   */
  readonly shared?: boolean;
}

/** The most batches within which every unchanged entry of a large directory is inspected again. */
const TURNS_MAX = 30;

/** The most file names in one log line. */
const NAMES_TOLD = 20;

const READ_REMEDY =
  'give the stream shared: true when every host mounts the directory at this path; otherwise read the files with a receiver on one host';

type Files = readonly StorageEntry[];

const WHAT_TO_DO = {
  'too-old':
    'a move preserves the modification time: touch files when moving them in, or raise minRememberMs',
  changed: 'move complete files in, under new names',
} as const;

interface FileState {
  readonly watchedSinceMs: number;
  readonly selected: FileSelectionSnapshot;
}

/** The definition of one stream of files. */
export interface FileStreamDefinition<T> {
  /** `textFile`, `file`, `binaryRecords`; part of its automatic id. */
  readonly kind: string;
  readonly directory: string;
  /** Makes the RDD of the files of a batch: one partition for each. */
  readonly read: (environment: RddEnvironment, files: readonly SelectedFile[]) => RDD<T>;
}

/** The records of new files, one partition for each file. */
export class FileInputDStream<out T> extends InputDStream<T, Files> {
  readonly #directory: string;
  readonly #isShared: boolean;
  readonly #read: FileStreamDefinition<T>['read'];
  readonly #selection: FileSelection;
  readonly #listing: DirectoryListing;
  readonly #odd = new OddEntries();
  readonly #missed: MissedFiles;

  /** @throws `MR_GRAPH_INVALID_ARGUMENT`. */
  constructor(scope: StreamScope, definition: FileStreamDefinition<T>, options: FileStreamOptions = {}) {
    const { kind, directory, read } = definition;
    operatorOptions(`${kind}Stream`, options, {
      newFilesOnly: 'flag',
      minRememberMs: 'any',
      accept: 'function',
      shared: 'flag',
    });
    text(`${kind}Stream`, 'directory', directory);
    if (options.minRememberMs !== undefined)
      durationMs(`${kind}Stream`, 'minRememberMs', options.minRememberMs);
    super(scope, { kind, description: `files in ${directory}` });
    this.#directory = directory;
    this.#isShared = options.shared === true;
    this.#read = read;
    this.#selection = new FileSelection({
      ...options,
      batchIntervalMs: scope.batchIntervalMs,
      constructedAtMs: scope.clock.now(),
    });
    this.#missed = new MissedFiles(({ entry: { name, modifiedMs }, why, oldestMs }) => {
      const [code, message] =
        why === 'too-old'
          ? (['MR_GRAPH_FILE_TOO_OLD', `file ${name} is not read: its modification time is too old`] as const)
          : (['MR_GRAPH_FILE_CHANGED', `additions to ${name} after reading are left out`] as const);
      const details = { stream: this.id, directory, name, modifiedMs, oldestMs };
      scope.log.warn(message, { error: dstreamError(code, `${message}; ${WHAT_TO_DO[why]}`, { details }) });
    });
    const { storage, batchIntervalMs } = scope;
    this.#listing = new DirectoryListing({
      storage,
      directory,
      accept: options.accept ?? ((name) => !name.startsWith('.')),
      // A file that changes is found while its new time is still remembered.
      turns: Math.max(
        1,
        Math.min(TURNS_MAX, Math.floor(this.#selection.rememberDurationMs / batchIntervalMs / 2)),
      ),
    });
    // A file whose batch is forgotten must be too old to be selected again.
    this.remember(this.#selection.rememberDurationMs);
  }

  override get place(): PlaceOfData {
    return placeOfFiles(`the files of ${this.#directory}`, this.#isShared, READ_REMEDY);
  }

  /** The time since when the directory is watched, and the selected files: a new driver continues with both. */
  override get state(): CheckpointedState {
    return {
      version: 1,
      isInLog: true,
      exportState: () => ({
        watchedSinceMs: this.#selection.watchedSinceMs,
        selected: this.#selection.snapshot(),
      }),
      restoreState: ({ data, batchTime }) => {
        const { watchedSinceMs, selected } = data as FileState;
        this.#selection.watchedSinceMs = Math.min(watchedSinceMs, this.#selection.watchedSinceMs);
        this.#selection.restore(selected);
        this.#selection.goOnBehind(batchTime);
      },
    };
  }

  protected override async take(batchTime: BatchTime): Promise<Files> {
    const entries = await this.#list(batchTime);
    if (entries === undefined) return this.#selection.select(batchTime, []);
    const selected = this.#selection.select(batchTime, entries, this.scope.clock.now());
    if (this.#selection.leftOut.length > 0) this.#tellLeftOut(this.#selection.leftOut);
    this.#missed.look({
      entries: entries.filter(({ kind }) => kind === 'file'),
      accepted: new Set(selected.map(({ name }) => name)),
      oldestMs: this.#selection.thresholdMs,
      latestMs: batchTime,
    });
    // A batch reads its files as of the time of selection.
    for (const file of selected) this.#missed.settled(file.name, file);
    return selected;
  }

  protected override takeAgain(batchTime: BatchTime): Files {
    return this.#selection.select(batchTime, []);
  }

  protected override build(files: Files): RDD<T> {
    const selected = files.map((file) => ({ path: join(this.#directory, file.name), selectedAs: file }));
    return this.#read(this.scope.environment, selected);
  }

  /** The number of lines is known only after reading; until then the bytes give the amount. */
  protected override describe(files: Files): InputDescription {
    const names = files.map(({ name }) => name);
    return {
      recordCount: 0,
      sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
      blockCount: files.length,
      metadata: { files: names, Description: names.join('\n') },
    };
  }

  protected override exportData(files: Files): Files {
    return files;
  }

  protected override importData(data: unknown): Files | undefined {
    return Array.isArray(data) && data.every(isFile) ? data : undefined;
  }

  override restoreInput(batchTime: BatchTime, data: unknown): void {
    super.restoreInput(batchTime, data);
    this.#selection.recall(batchTime, this.takenFor(batchTime) ?? []);
    // Without a checkpoint, only this batch time tells since when the directory is watched: files that arrived while no
    // driver ran are not old.
    this.#selection.watchedSinceMs = Math.min(this.#selection.watchedSinceMs, batchTime);
    this.#selection.goOnBehind(batchTime);
  }

  override clearMetadata(batchTime: BatchTime): ForgottenData {
    this.#selection.forget(batchTime - this.rememberMs);
    return super.clearMetadata(batchTime);
  }

  /** One log line for all files: some of the files may have been read by an earlier driver. */
  #tellLeftOut(files: Files): void {
    const { id } = this;
    const message =
      'files are not read: the wall clock is behind the batches of the previous driver, which may have read the files';
    const names = files.slice(0, NAMES_TOLD).map(({ name }) => name);
    const details = { stream: id, directory: this.#directory, fileCount: files.length, names };
    const hint = 'move unread files in again, under new names';
    this.scope.log.warn(message, {
      error: dstreamError('MR_GRAPH_FILE_TOO_OLD', `${message}; ${hint}`, { details }),
    });
  }

  /** A directory that cannot be listed now leaves the batch empty: its files come later, while they are remembered. */
  async #list(batchTime: BatchTime): Promise<Files | undefined> {
    const { clock, log, batchIntervalMs } = this.scope;
    const fields = { stream: this.id, directory: this.#directory, batchTime };
    const begunMs = clock.monotonicMs();
    try {
      const entries = await this.#listing.list(batchTime);
      for (const { entry, what } of this.#odd.look(entries, clock.now())) {
        log.warn(`an entry of the directory is not read: the entry ${what}`, { ...fields, name: entry.name });
      }
      return entries;
    } catch (error) {
      const isAbsent = isMillraceError(error, 'MR_STORAGE_NOT_FOUND');
      log.warn(isAbsent ? 'the directory does not exist' : 'the directory could not be listed', {
        ...fields,
        error,
      });
      return isAbsent ? [] : undefined;
    } finally {
      const tookMs = clock.monotonicMs() - begunMs;
      if (tookMs > batchIntervalMs) {
        log.warn('listing the directory took longer than a batch; remove old files', { ...fields, tookMs });
      }
    }
  }
}

/** A name is never a path: input restored from elsewhere must not lead out of the directory. */
function isFile(data: unknown): data is StorageEntry {
  if (typeof data !== 'object' || data === null) return false;
  const { name, sizeBytes, modifiedMs } = data as Partial<StorageEntry>;
  const isName = typeof name === 'string' && !/[/\\]/.test(name) && name !== '..' && name !== '.';
  return isName && typeof sizeBytes === 'number' && typeof modifiedMs === 'number';
}
