// Reports files that are present and will not be read, so that no file is missed silently: a file that appears with a
// modification time outside the remembered time (a move preserves the old time), and a file that is written to after it
// was read. Each listing is compared with the previous one; each file is reported once, until it is accepted again.
import type { StorageEntry } from '../contracts/storage.ts';

/** A present file whose current content will not be read. */
export interface MissedFile {
  readonly entry: StorageEntry;
  /**
   * `too-old`: the file appeared with a modification time up to `oldestMs`. `changed`: the file was written to after
   * reading.
   */
  readonly why: 'too-old' | 'changed';
  readonly oldestMs: number;
}

/** One listing with its selection. */
export interface SelectedListing {
  readonly entries: readonly StorageEntry[];
  /** The accepted names of the listing. */
  readonly accepted: ReadonlySet<string>;
  /** A modification time up to this time is too old. */
  readonly oldestMs: number;
  /** A modification time after this time belongs to the future. */
  readonly latestMs: number;
}

/** The state of a name: the file waits to be read, or the entry of the last listing. */
type Seen = 'to-be-read' | { readonly entry: StorageEntry | undefined; readonly isTold: boolean };

/** Compares each listing with the previous one; holds one listing in memory. */
export class MissedFiles {
  readonly #tell: (missed: MissedFile) => void;
  #seen: Map<string, Seen> | undefined;

  /** @param tell Called for each missed file, once. */
  constructor(tell: (missed: MissedFile) => void) {
    this.#tell = tell;
  }

  /** Accepts the next listing. The first listing is the initial state: its files are not reported. */
  look(listing: SelectedListing): void {
    const before = this.#seen;
    const now = new Map<string, Seen>();
    for (const entry of listing.entries) {
      const earlier = before?.get(entry.name);
      const isNewsToTell = before !== undefined && isNews(entry, earlier);
      if (isNewsToTell && isToCome(entry, listing)) {
        // Written after the time of this listing: a later listing decides, by comparison with the previous entry.
        if (earlier !== undefined) now.set(entry.name, earlier);
        continue;
      }
      const isMissed = isNewsToTell && isOver(entry, listing);
      const wasTold = typeof earlier === 'object' && earlier.isTold;
      if (isMissed && !wasTold) {
        const { oldestMs } = listing;
        this.#tell({ entry, why: entry.modifiedMs <= oldestMs ? 'too-old' : 'changed', oldestMs });
      }
      now.set(entry.name, seenNow(entry, earlier, { listing, isTold: isMissed || wasTold }));
    }
    this.#seen = now;
  }

  /** Marks an accepted file as finished: read in this state, or, without an entry, abandoned. */
  settled(name: string, readAs: StorageEntry | undefined): void {
    if (this.#seen?.has(name)) this.#seen.set(name, { entry: readAs, isTold: false });
  }
}

/** True for a new name or a changed file. A file that waits to be read handles its own changes. */
function isNews(entry: StorageEntry, earlier: Seen | undefined): boolean {
  if (earlier === undefined) return true;
  if (earlier === 'to-be-read' || earlier.entry === undefined) return false;
  return !isSameContent(earlier.entry, entry);
}

/** True when the time of an unaccepted file belongs to the future. */
function isToCome({ name, modifiedMs }: StorageEntry, { accepted, latestMs }: SelectedListing): boolean {
  return !accepted.has(name) && modifiedMs > latestMs;
}

/** True when a file was not accepted and cannot become acceptable unchanged. */
function isOver({ name, modifiedMs }: StorageEntry, { accepted, latestMs }: SelectedListing): boolean {
  return !accepted.has(name) && modifiedMs <= latestMs;
}

function seenNow(
  entry: StorageEntry,
  earlier: Seen | undefined,
  { listing, isTold }: { readonly listing: SelectedListing; readonly isTold: boolean },
): Seen {
  if (earlier === 'to-be-read' || listing.accepted.has(entry.name)) return 'to-be-read';
  return { entry, isTold };
}

/** True when the file was not changed between two checks. */
export function isSameContent(before: StorageEntry, after: StorageEntry): boolean {
  return before.sizeBytes === after.sizeBytes && before.modifiedMs === after.modifiedMs;
}
