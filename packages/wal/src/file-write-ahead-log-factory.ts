// Opens file logs by name, all under one root directory. It keeps track of what it opened, so that a program that
// ends early leaves no lock behind.
import type { ManagedResource, WriteAheadLogFactory } from '@millrace/core';
import { FileWriteAheadLog, type FileWriteAheadLogDeps } from './file-write-ahead-log.ts';

/** What a factory of file logs needs. */
export type FileWriteAheadLogFactoryDeps = Omit<FileWriteAheadLogDeps, 'name' | 'isSparse'>;

/** The `WriteAheadLogFactory` of file logs. */
export class FileWriteAheadLogFactory implements WriteAheadLogFactory, Pick<ManagedResource, 'close'> {
  readonly #setup: FileWriteAheadLogFactoryDeps;
  readonly #opened = new Set<FileWriteAheadLog>();

  constructor(setup: FileWriteAheadLogFactoryDeps) {
    this.#setup = setup;
  }

  /**
   * Opens the log of that name in the folder of that name.
   *
   * @throws what `FileWriteAheadLog.open` throws: `MR_WAL_INVALID_NAME` for a name that would leave the root directory,
   * `MR_STORAGE_LOCKED` while somebody has it open.
   */
  async open(name: string): Promise<FileWriteAheadLog> {
    const { log } = this.#setup;
    const opened = await FileWriteAheadLog.open({ ...this.#setup, name, log: log.child({ walLog: name }) });
    this.#opened.add(opened);
    return opened;
  }

  /** Closes every log it has opened that is still open. May be repeated. */
  async close(): Promise<void> {
    const results = await Promise.allSettled([...this.#opened].map((log) => log.close()));
    this.#opened.clear();
    const errors = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as Error] : [],
    );
    if (errors.length > 0) throw new AggregateError(errors, 'not every log could be closed');
  }
}
