// Reads the accepted files, and keeps unreadable files for later polls. A file is tried at every poll while the file is
// remembered; a later failure abandons the file. No failure is silent: the first failure and the abandoning are
// reported, and both are counted.
import { isMillraceError, type ReceiverContext, type StorageEntry } from '@millrace/core';
import { fileError } from './file-errors.ts';
import type { DueFile, WatchState } from './file-position.ts';
import type { FileReading, FoundFile, StartReading } from './file-reading.ts';
import type { ReadingJournal } from './reading-journal.ts';

/** The number of files that wait for another attempt; a further file is abandoned at once. */
const WAITING_FILES_MAX = 1_000;

/** Collaborators of `FileAttempts`. */
export interface FileAttemptsDeps<T> {
  readonly context: ReceiverContext<T>;
  readonly journal: ReadingJournal;
  /** The unread files of an earlier run. */
  readonly left: readonly FoundFile[];
  readonly startReading: StartReading<T>;
  /** See `ReadingDeps`. */
  readonly onDropped: (records: number) => void;
  /** The time after its modification during which a file is tried. */
  readonly rememberMs: number;
  /** Called at the end of a file: with the state of the file at reading, or undefined when the file was abandoned. */
  readonly onSettled: (name: string, readAs: StorageEntry | undefined) => void;
}

interface WaitingFile {
  readonly file: FoundFile;
  readonly reading: FileReading;
  readonly attempts: number;
}

/** The files of one receiver that are being read or wait for reading. */
export class FileAttempts<T> {
  readonly #deps: FileAttemptsDeps<T>;
  /** Failed files, to be tried again at the next poll. */
  #waiting: WaitingFile[] = [];
  /** The files of this poll: the current file, and the number of current and further files. */
  #current: FileReading | undefined;
  #unreadFiles = 0;
  #givenUpFiles = 0;

  constructor(deps: FileAttemptsDeps<T>) {
    this.#deps = deps;
    this.#waiting = deps.left.map((file) => this.#newReading(file));
  }

  /**
   * Reads the waiting files, then the new files, in order. `stopped`: the receiver was requested to stop. `watch`: the
   * state of the poll that found the files.
   *
   * @throws the signal's reason when the receiver is stopped; any error of storing.
   */
  async readAll(files: readonly FoundFile[], timeMs: number, watch: WatchState): Promise<'done' | 'stopped'> {
    const { journal } = this.#deps;
    const due = [...this.#waiting, ...files.map((file) => this.#newReading(file))];
    this.#waiting = [];
    journal.beginFiles(watch, due.map(dueFile));
    for (const [index, waiting] of due.entries()) {
      journal.beginFile(index);
      this.#unreadFiles = due.length - index;
      if ((await this.#attempt(waiting, timeMs)) === 'stopped') return 'stopped';
    }
    this.#unreadFiles = 0;
    return 'done';
  }

  /** The incompletely read files, for a log line; undefined when there are none. */
  leftOver(): Readonly<Record<string, unknown>> | undefined {
    const unreadFiles = this.#unreadFiles + this.#waiting.length;
    return unreadFiles === 0 ? undefined : { unreadFiles, ...this.#current?.progress() };
  }

  #newReading(file: FoundFile): WaitingFile {
    return { file, reading: this.#deps.startReading(file, this.#deps), attempts: 0 };
  }

  async #attempt({ file, reading, attempts }: WaitingFile, timeMs: number): Promise<'done' | 'stopped'> {
    this.#current = reading;
    try {
      const outcome = await reading.attempt();
      if (outcome === 'stopped') return outcome;
      this.#current = undefined;
      this.#deps.onSettled(file.name, reading.readAs);
      return outcome;
    } catch (error) {
      if (this.#deps.context.signal.aborted || !mayHeal(error)) throw error;
      this.#current = undefined;
      this.#putOff({ file, reading, attempts: attempts + 1 }, error, timeMs);
      return 'done';
    }
  }

  #putOff(waiting: WaitingFile, error: Error, timeMs: number): void {
    const isRemembered = waiting.file.modifiedMs > timeMs - this.#deps.rememberMs;
    if (!isRemembered || this.#waiting.length >= WAITING_FILES_MAX) {
      this.#giveUp(waiting, error);
      return;
    }
    this.#waiting.push(waiting);
    this.#deps.journal.putOff(dueFile(waiting));
    if (waiting.attempts === 1) this.#deps.context.reportError(error.message, error);
  }

  #giveUp({ reading, attempts, file }: WaitingFile, cause: Error): void {
    this.#givenUpFiles += 1;
    const details = { ...reading.progress(), attempts, givenUpFiles: this.#givenUpFiles };
    const message =
      `gave up ${file.path} after ${attempts} attempts, ${this.#givenUpFiles} files so far; ` +
      `move the file in again for reading`;
    this.#deps.onSettled(file.name, undefined);
    this.#deps.context.reportError(message, fileError('MR_FILES_GIVEN_UP', message, { details, cause }));
  }
}

function dueFile({ file, reading }: WaitingFile): DueFile {
  const { name, sizeBytes, modifiedMs } = file;
  return { name, sizeBytes, modifiedMs, ...reading.reached };
}

/** True when another attempt at the same file may succeed. Any other error does not concern a single file. */
function mayHeal(error: unknown): error is Error {
  return isMillraceError(error, 'MR_FILES_UNREADABLE') || isMillraceError(error, 'MR_FILES_CHANGED');
}
