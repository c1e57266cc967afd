// Reads the dead letters that a files sink has written.
import { type DeadLetter, NodeStorage, type Storage } from '@millrace/core';
import { type LetterFile, letterFiles, type LetterFrame, lettersIn } from './letter-files.ts';
import { ReplayMarks } from './replay-marks.ts';

/** The letters to read. */
export interface ReadDeadLettersOptions {
  /** The `prefix` of the sink. Default `''`. */
  readonly prefix?: string;
  /** The `suffix` of the sink. Default `.ndjson`. */
  readonly suffix?: string;
  /** Only letters of this stream. Default: of all streams. */
  readonly stream?: string;
  /** Only letters of this batch and later batches. Default: of all batches. */
  readonly from?: number;
  /** Only letters of this batch and earlier batches. Default: of all batches. */
  readonly to?: number;
  /** The storage of the files. Default: the file system of the host. */
  readonly storage?: Storage;
}

/** A dead letter and its place. */
export interface StoredDeadLetter {
  readonly letter: DeadLetter;
  /** The name of the file, without the directory. */
  readonly file: string;
  /** The line in the file, from 1. */
  readonly line: number;
  /** True when `replayDeadLetters` has given the record out. */
  readonly isReplayed: boolean;
}

/**
 * The dead letters in the directory of a files sink, by batch, then by file and line. Files are read one after the other in
 * chunks, so memory is bounded by a chunk and the longest line.
 *
 * ```ts
 * for await (const { letter } of readDeadLetters('./dead-letters')) console.log(letter.stream, letter.reason);
 * ```
 *
 * @throws `MR_SINK_FILES_NO_LETTER` for a line that is no dead letter; `MR_STORAGE_…`
 */
export async function* readDeadLetters(
  directory: string,
  options: ReadDeadLettersOptions = {},
): AsyncGenerator<StoredDeadLetter> {
  const storage = options.storage ?? new NodeStorage();
  const marks = new ReplayMarks(storage, directory);
  for (const file of await selectedFiles(storage, directory, options)) {
    const replayed = await marks.of(file.name);
    for await (const { letter, line } of lettersIn(storage, file)) {
      if (options.stream !== undefined && letter.stream !== options.stream) break;
      // A mark covers a line whose record is no JSON, and no replay has given that record out.
      const isReplayed = line <= replayed && letter.recordForm === 'json';
      yield { letter, file: file.name, line, isReplayed };
    }
  }
}

/** The files of the batches that the options select. */
export async function selectedFiles(
  storage: Storage,
  directory: string,
  options: ReadDeadLettersOptions,
): Promise<readonly LetterFile[]> {
  const { prefix = '', suffix = '.ndjson', from = -Infinity, to = Infinity } = options;
  const frame: LetterFrame = { prefix, suffix };
  const files = await letterFiles(storage, directory, frame);
  return files.filter(({ batchTime }) => batchTime >= from && batchTime <= to);
}
