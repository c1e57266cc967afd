// Entries of a watched directory with a wanted name that are not read: entries that are not files, and files with a
// time in the future. Each such entry is reported once, for as long as the entry stays odd. No entry is therefore
// missed silently.
import type { StorageEntry } from '../contracts/storage.ts';

/** Clocks of file servers may be slightly ahead, and a file may change during a listing. */
const AHEAD_MS = 10_000;

/** An entry that can never be read unchanged, or a file that waits for its modification time. */
export interface OddEntry {
  readonly kind: 'no file' | 'from the future';
  readonly entry: StorageEntry;
  /** For messages: completes "it …". */
  readonly what: string;
}

/** Finds the odd entries of a directory, each once. Holds the names of odd entries of the last listing. */
export class OddEntries {
  #told = new Set<string>();

  /** The odd entries of a listing that were not odd in the listing before. */
  look(entries: readonly StorageEntry[], nowMs: number): readonly OddEntry[] {
    const odd = entries.flatMap((entry) => oddEntry(entry, nowMs) ?? []);
    const news = odd.filter((one) => !this.#told.has(keyOf(one)));
    this.#told = new Set(odd.map(keyOf));
    return news;
  }
}

function oddEntry(entry: StorageEntry, nowMs: number): OddEntry | undefined {
  const { kind, problem, modifiedMs } = entry;
  if (kind === 'other') return { kind: 'no file', entry, what: reasonOf(problem) };
  if (kind !== 'file' || modifiedMs <= nowMs + AHEAD_MS) return undefined;
  const seconds = Math.round((modifiedMs - nowMs) / 1_000);
  return { kind: 'from the future', entry, what: `has a modification time ${seconds} s ahead of the clock` };
}

function reasonOf(problem: string | undefined): string {
  if (problem === undefined) return 'is neither a file nor a directory';
  if (problem === 'EILSEQ') return 'has a name that is not UTF-8';
  return `cannot be looked at (${problem})`;
}

function keyOf({ kind, entry }: OddEntry): string {
  return `${kind}/${entry.name}`;
}
