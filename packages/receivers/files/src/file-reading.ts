// One selected file during reading. A reading remembers its progress, so that a temporarily unreadable file is
// continued at a later poll, and no part of the file is stored twice.
import type { ReceiverContext, StorageEntry } from '@millrace/core';
import type { FileProgress } from './file-position.ts';
import type { ReadingJournal } from './reading-journal.ts';

/** The reading of one file, in any number of attempts; one attempt at a time. */
export interface FileReading {
  /**
   * Continues after the last attempt. `done`: nothing is left to do. `stopped`: the content of the file has requested a
   * stop of the receiver.
   *
   * @throws `MR_FILES_UNREADABLE` or `MR_FILES_CHANGED` when a later attempt may succeed; the signal's reason when the
   *   receiver is stopped meanwhile.
   */
  attempt(): Promise<'done' | 'stopped'>;

  /** The state of the file at reading; undefined before the end, and after an incomplete reading. */
  readonly readAs: StorageEntry | undefined;

  /** The progress, for a reading that continues this one. */
  readonly reached: FileProgress;

  /** The progress, for messages. */
  progress(): Readonly<Record<string, unknown>>;
}

/** An accepted file. */
export interface FoundFile extends StorageEntry {
  /** Directory and name. */
  readonly path: string;
  /** The progress of an earlier run of the receiver; undefined: none. */
  readonly progress?: FileProgress;
}

/** Collaborators of readings. */
export interface ReadingDeps<T> {
  readonly context: ReceiverContext<T>;
  readonly journal: ReadingJournal;
  /** Called with the number of records that are left out because they are too large. */
  readonly onDropped: (records: number) => void;
}

/** Makes the reading of a file, without opening the file. */
export type StartReading<T> = (file: FoundFile, deps: ReadingDeps<T>) => FileReading;
