// The files of dead letters in a directory: which files have letters, in which order, and their lines, chunk by chunk.
import { join } from 'node:path';
import { type DeadLetter, LineFramer, type Storage } from '@millrace/core';
import { filesSinkError } from '../files-sink-errors.ts';

/** The size of one read, in bytes. */
const CHUNK_BYTES = 64 * 1_024;
/** The longest line that is read. */
const LINE_BYTES_MAX = 64 * 1_024 * 1_024;
/** The text that the engine puts between the application and the operator. */
const MARK = '-dead-letters-';

/** The names of the files, as given to `filesSink`. */
export interface LetterFrame {
  readonly prefix: string;
  readonly suffix: string;
}

/** One file whose name has the form of dead letters. */
export interface LetterFile {
  readonly name: string;
  readonly path: string;
  readonly batchTime: number;
  /** True when the name says so; a long name is cut and may not. */
  readonly isSure: boolean;
}

/** A letter with its line in the file, from 1. */
export interface LetterLine {
  readonly letter: DeadLetter;
  readonly line: number;
}

/** The files that may have dead letters, by batch time and name. */
export async function letterFiles(
  storage: Storage,
  directory: string,
  { prefix, suffix }: LetterFrame,
): Promise<readonly LetterFile[]> {
  const accept = (name: string) => name.startsWith(prefix) && name.endsWith(suffix) && !name.startsWith('.');
  const entries = await storage.list(directory, { accept });
  return entries
    .filter(({ name, kind }) => kind === 'file' && accept(name))
    .flatMap(({ name }) => {
      const [, application, batchTime] =
        /^(.*)-(-?\d+)-0-\d+$/.exec(name.slice(prefix.length, name.length - suffix.length)) ?? [];
      if (application === undefined || batchTime === undefined) return [];
      const isSure = application.includes(MARK);
      if (!isSure && !application.includes('~')) return [];
      return [{ name, path: join(directory, name), batchTime: Number(batchTime), isSure }];
    })
    .toSorted(
      (left, right) =>
        left.batchTime - right.batchTime || (left.name < right.name ? -1 : Number(left.name > right.name)),
    );
}

/** The letters of a file. A file with a cut name that has no letters is empty here. @throws `MR_SINK_FILES_NO_LETTER`. */
export async function* lettersIn(storage: Storage, file: LetterFile): AsyncGenerator<LetterLine> {
  let line = 0;
  for await (const text of linesOf(storage, file)) {
    line += 1;
    const letter = letterOf(text);
    if (letter !== undefined) yield { letter, line };
    else if (!file.isSure && line === 1) return;
    else throw noLetter(file, line);
  }
}

async function* linesOf(storage: Storage, file: LetterFile): AsyncGenerator<string> {
  const framer = new LineFramer({ maxLineBytes: LINE_BYTES_MAX });
  const open = await storage.open(file.path, 'read');
  try {
    for (let offset = 0; ;) {
      const bytes = await open.readAt(offset, CHUNK_BYTES);
      // A line without its end, in a file that was cut off, is a line to be refused.
      const pieces = bytes.length === 0 ? framer.end() : framer.push(bytes);
      for (const piece of pieces) {
        if (piece.kind === 'long-line') throw noLetter(file, Number.NaN);
        const text = Buffer.from(piece.bytes).toString();
        yield* text.slice(0, -1).split('\n');
      }
      if (bytes.length === 0) return;
      offset += bytes.length;
    }
  } finally {
    await open.close();
  }
}

function letterOf(text: string): DeadLetter | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isLetter(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const FIELDS = {
  application: 'string',
  batchTime: 'number',
  stream: 'string',
  operator: 'string',
  partition: 'number',
  index: 'number',
  record: 'string',
  recordForm: 'string',
  reason: 'string',
  error: 'object',
} as const satisfies Record<keyof DeadLetter, string>;

function isLetter(value: unknown): value is DeadLetter {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(FIELDS).every(([name, type]) => typeof fields[name] === type);
}

function noLetter({ path }: LetterFile, line: number): Error {
  const place = Number.isNaN(line) ? path : `line ${line} of ${path}`;
  const message = `expected ${place} to be a dead letter; restore the file, or move it away`;
  return filesSinkError('MR_SINK_FILES_NO_LETTER', message, { details: { path, line: String(line) } });
}
