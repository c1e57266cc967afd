// One selected file on its way into the stream. A reading remembers how far it has come, so that a file that cannot
// be read for a while is gone on with at a later poll, and nothing of it is stored twice.
import type { ReceiverContext, StorageEntry } from '@millrace/core';
import type { FileProgress } from './file-position.ts';
import type { ReadingJournal } from './reading-journal.ts';

/** The reading of one file, in as many attempts as it takes; one attempt at a time. */
export interface FileReading {
  /**
   * Reads on from where the last attempt stopped. `done`: nothing is left to do. `stopped`: the receiver has been
   * asked to stop because of what the file holds.
   *
   * @throws `MR_FILES_UNREADABLE` or `MR_FILES_CHANGED` when a later attempt may succeed; the signal's reason when
   * the receiver is stopped meanwhile.
   */
  attempt(): Promise<'done' | 'stopped'>;

  /** What the file was when it was read; undefined until it is done, and when it was not read as it should. */
  readonly readAs: StorageEntry | undefined;

  /** How far it has come: what a reading that goes on for this one has to know. */
  readonly reached: FileProgress;

  /** How far it has come, for messages. */
  progress(): Readonly<Record<string, unknown>>;
}

/** A file that was accepted. */
export interface FoundFile extends StorageEntry {
  /** Directory and name. */
  readonly path: string;
  /** How far an earlier run of the receiver has read it; undefined: not at all. */
  readonly progress?: FileProgress;
}

/** What readings work with. */
export interface ReadingDeps<T> {
  readonly context: ReceiverContext<T>;
  readonly journal: ReadingJournal;
}

/** Makes the reading of a file, without touching it yet. */
export type StartReading<T> = (file: FoundFile, deps: ReadingDeps<T>) => FileReading;
