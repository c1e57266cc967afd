// Tells of files that are there and will not be read, so that none is missed silently: one that appears with a
// modification time outside of the remembered time (a move keeps the old time), and one that is written to after it
// was read. It compares each listing with the one before; each file is told once, until it is accepted again.
import type { StorageEntry } from '../contracts/storage.ts';

/** A file that is there and will not be read as it is. */
export interface MissedFile {
  readonly entry: StorageEntry;
  /** `too-old`: it appeared with a modification time up to `oldestMs`. `changed`: it was written to after it was read. */
  readonly why: 'too-old' | 'changed';
  readonly oldestMs: number;
}

/** One listing, and what became of it. */
export interface SelectedListing {
  readonly entries: readonly StorageEntry[];
  /** The names that were accepted of it. */
  readonly accepted: ReadonlySet<string>;
  /** A modification time up to this one is too old. */
  readonly oldestMs: number;
  /** A modification time after this one is still to come. */
  readonly latestMs: number;
}

/** What is known of a name: its file waits to be read, or this is what it was when it was last looked at. */
type Seen = 'to-be-read' | { readonly entry: StorageEntry | undefined; readonly isTold: boolean };

/** Remembers the last listing, and nothing beyond. */
export class MissedFiles {
  readonly #tell: (missed: MissedFile) => void;
  #seen: Map<string, Seen> | undefined;

  /** @param tell Told of each missed file, once. */
  constructor(tell: (missed: MissedFile) => void) {
    this.#tell = tell;
  }

  /** Takes the next listing. The first one is the state of things: nothing of it is told. */
  look(listing: SelectedListing): void {
    const before = this.#seen;
    const now = new Map<string, Seen>();
    for (const entry of listing.entries) {
      const earlier = before?.get(entry.name);
      const isNewsToTell = before !== undefined && isNews(entry, earlier);
      if (isNewsToTell && isToCome(entry, listing)) {
        // Written after the time of this listing: a later listing decides, which compares with what was before.
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

  /** An accepted file is done with: it was read like this, or, without an entry, it was given up. */
  settled(name: string, readAs: StorageEntry | undefined): void {
    if (this.#seen?.has(name)) this.#seen.set(name, { entry: readAs, isTold: false });
  }
}

/** Whether a name is new or its file is not what it was. What waits to be read sees to its changes itself. */
function isNews(entry: StorageEntry, earlier: Seen | undefined): boolean {
  if (earlier === undefined) return true;
  if (earlier === 'to-be-read' || earlier.entry === undefined) return false;
  return !isSameContent(earlier.entry, entry);
}

/** Whether the time of a file that was not accepted is still to come. */
function isToCome({ name, modifiedMs }: StorageEntry, { accepted, latestMs }: SelectedListing): boolean {
  return !accepted.has(name) && modifiedMs > latestMs;
}

/** Whether a file was neither accepted nor can be as it is. */
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

function isSameContent(before: StorageEntry, after: StorageEntry): boolean {
  return before.sizeBytes === after.sizeBytes && before.modifiedMs === after.modifiedMs;
}
