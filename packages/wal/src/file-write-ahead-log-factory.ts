// Opens file logs by name, all under one root directory. The factory records its open logs, so that a program that ends
// early leaves no lock behind.
import type { ManagedResource, WriteAheadLogFactory } from '@millrace/core';
import type { Reach } from '@millrace/core/engine';
import { FileWriteAheadLog, type FileWriteAheadLogDeps } from './file-write-ahead-log.ts';

/** Collaborators of a factory of file logs. */
export interface FileWriteAheadLogFactoryDeps extends Omit<FileWriteAheadLogDeps, 'name' | 'isSparse'> {
  /** True when every host of the engine mounts the root directory at its path. Default false. */
  readonly isShared?: boolean;
}

/** The `WriteAheadLogFactory` of file logs. */
export class FileWriteAheadLogFactory implements WriteAheadLogFactory, Pick<ManagedResource, 'close'> {
  readonly reach: Reach;
  readonly #deps: FileWriteAheadLogFactoryDeps;
  readonly #opened = new Set<FileWriteAheadLog>();

  constructor(deps: FileWriteAheadLogFactoryDeps) {
    this.reach = deps.isShared === true ? 'everywhere' : 'host';
    this.#deps = deps;
  }

  /**
   * Opens the log of that name in the folder of that name.
   *
   * @throws any error of `FileWriteAheadLog.open`: `MR_WAL_INVALID_NAME` for a name that would leave the root
   *   directory, `MR_STORAGE_LOCKED` while another process has the log open.
   */
  async open(name: string): Promise<FileWriteAheadLog> {
    const { log } = this.#deps;
    const opened = await FileWriteAheadLog.open({ ...this.#deps, name, log: log.child({ walLog: name }) });
    this.#opened.add(opened);
    return opened;
  }

  /** Closes every open log of this factory. May be repeated. */
  async close(): Promise<void> {
    const results = await Promise.allSettled([...this.#opened].map((log) => log.close()));
    this.#opened.clear();
    const errors = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as Error] : [],
    );
    if (errors.length > 0) throw new AggregateError(errors, 'not every log could be closed');
  }
}
