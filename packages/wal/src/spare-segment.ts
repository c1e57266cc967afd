// The file of a removed segment, kept so that the next segment can overwrite it. The blocks and the size of the file
// are durable already, so a sync has less to do than in a growing file. A log has at most one such file. Clean-up keeps
// the file and the roller takes the file, concurrently; at any moment the name has one owner or none.
//
//   none ─ keep ─► coming ─ arrived ─► there ─ take ─► taken ─ used ─► none
//                    └──── giveUp ────► none
import { join } from 'node:path';
import type { Logger, Storage } from '@millrace/core';
import { segmentPath } from './log-directory.ts';
import type { LogSegment } from './segment-chain.ts';
import { SPARE_FILE } from './segment-name.ts';

/** Collaborators of a `SpareSegment`. */
export interface SpareSegmentDeps {
  readonly storage: Storage;
  readonly log: Logger;
  readonly directory: string;
  readonly segmentBytes: number;
  /** True when files may be reused. */
  readonly isAllowed: boolean;
}

/** A spare file in use by the caller of `take`. */
export interface TakenSpare {
  readonly path: string;
  /** The salt of the segment in the file: the next segment must have another salt. */
  readonly salt: number;
}

/** The single file that a log keeps for its next segment. */
export class SpareSegment {
  readonly #deps: SpareSegmentDeps;
  readonly #path: string;
  #state: 'none' | 'coming' | 'there' | 'taken' = 'none';
  #salt = 0;
  #sizeBytes = 0;

  constructor(deps: SpareSegmentDeps) {
    this.#deps = deps;
    this.#path = join(deps.directory, SPARE_FILE);
  }

  /** The bytes of the spare file; 0 without one. */
  get sizeBytes(): number {
    return this.#state === 'none' ? 0 : this.#sizeBytes;
  }

  /**
   * Renames the file of a segment under removal to the spare's name. False: the file is not kept and has to be removed.
   * After true, `arrived` or `giveUp` follows.
   */
  async keep({ number, header, sizeBytes }: LogSegment): Promise<boolean> {
    const { storage, log, directory } = this.#deps;
    if (header === undefined || this.#state !== 'none' || !this.#fits(sizeBytes)) return false;
    this.#state = 'coming';
    try {
      await storage.rename(segmentPath(directory, number), this.#path);
      this.#salt = header.salt;
      this.#sizeBytes = sizeBytes;
      return true;
    } catch (error) {
      log.debug('the file of a removed segment could not be kept for reuse', { path: this.#path, error });
      this.#state = 'none';
      return false;
    }
  }

  /** The removal is durable: no reader will ever look for the old segment in this file again. */
  arrived(): void {
    this.#state = 'there';
  }

  /** The removal failed. */
  async giveUp(): Promise<void> {
    await this.#remove();
    this.#state = 'none';
  }

  /** Hands the spare file out, to one caller. After an answer, `used` follows. */
  take(): TakenSpare | undefined {
    if (this.#state !== 'there') return undefined;
    this.#state = 'taken';
    return { path: this.#path, salt: this.#salt };
  }

  /** The file has become a segment, or was removed. */
  used(): void {
    this.#state = 'none';
  }

  /** Removes the file. Never rejects: the next opening removes the file as well. */
  async close(): Promise<void> {
    if (this.#state === 'there') await this.#remove();
  }

  /** A small file would save little, and a file with a huge entry would occupy its space for good. */
  #fits(sizeBytes: number): boolean {
    const { isAllowed, segmentBytes } = this.#deps;
    return isAllowed && sizeBytes >= segmentBytes / 2 && sizeBytes <= 2 * segmentBytes;
  }

  async #remove(): Promise<void> {
    const { storage, log } = this.#deps;
    await storage
      .remove(this.#path)
      .catch((error: unknown) => log.warn('a spare file was left behind', { path: this.#path, error }));
  }
}
