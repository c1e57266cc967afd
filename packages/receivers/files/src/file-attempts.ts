// Reads the files that were accepted, and keeps those that cannot be read for later polls. A file is tried at every
// poll while it is remembered; the last attempt that fails after that gives it up. Nothing of this is silent: the
// first failure and the giving up are reported, and both are counted.
import { isMillraceError, type ReceiverContext, type StorageEntry } from '@millrace/core';
import { fileError } from './file-errors.ts';
import type { DueFile, WatchState } from './file-position.ts';
import type { FileReading, FoundFile, StartReading } from './file-reading.ts';
import type { ReadingJournal } from './reading-journal.ts';

/** So many files wait for another attempt; a further one is given up at once. */
const WAITING_FILES_MAX = 1_000;

/** What `FileAttempts` takes. */
export interface FileAttemptsDeps<T> {
  readonly context: ReceiverContext<T>;
  readonly journal: ReadingJournal;
  /** What an earlier run has left to read. */
  readonly left: readonly FoundFile[];
  readonly startReading: StartReading<T>;
  /** For how long after its modification a file is tried. */
  readonly rememberMs: number;
  /** Called when a file is done with: with what it was when it was read, or undefined when it was given up. */
  readonly onSettled: (name: string, readAs: StorageEntry | undefined) => void;
}

interface WaitingFile {
  readonly file: FoundFile;
  readonly reading: FileReading;
  readonly attempts: number;
}

/** The files of one receiver that are being read or wait to be. */
export class FileAttempts<T> {
  readonly #deps: FileAttemptsDeps<T>;
  /** Failed, to be tried again at the next poll. */
  #waiting: WaitingFile[] = [];
  /** Of this poll: the one under way and how many come with and after it. */
  #current: FileReading | undefined;
  #unreadFiles = 0;
  #givenUpFiles = 0;

  constructor(deps: FileAttemptsDeps<T>) {
    this.#deps = deps;
    this.#waiting = deps.left.map((file) => this.#newReading(file));
  }

  /**
   * Reads what still waits, then the new files, in their order. `stopped`: the receiver has been asked to stop.
   * `watch`: the state of the poll that has found them.
   *
   * @throws the signal's reason when the receiver is stopped; what storing throws.
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

  /** What was not read completely, for a log line; undefined when there is nothing. */
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
      `move it in again to have it read`;
    this.#deps.onSettled(file.name, undefined);
    this.#deps.context.reportError(message, fileError('MR_FILES_GIVEN_UP', message, { details, cause }));
  }
}

function dueFile({ file, reading }: WaitingFile): DueFile {
  const { name, sizeBytes, modifiedMs } = file;
  return { name, sizeBytes, modifiedMs, ...reading.reached };
}

/** Whether another attempt at the same file may succeed. Everything else is no matter of one file. */
function mayHeal(error: unknown): error is Error {
  return isMillraceError(error, 'MR_FILES_UNREADABLE') || isMillraceError(error, 'MR_FILES_CHANGED');
}
