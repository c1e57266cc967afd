// The outside view, for tests: the lines of the files of a directory.
import type { FragileStorage } from './fragile-storage.ts';

/** The records of all published files, file by file in order of name. */
export function recordsIn(storage: FragileStorage, directory: string): readonly unknown[] {
  const files = [...storage.texts(directory)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return files.flatMap(([, text]) => parsed(text));
}

/** The records of an ndjson file; a half-written line is an error. */
export function parsed(text: string): readonly unknown[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('a file ends in the middle of a line');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
}
