// One listing of a watched directory after the other. Looking at every entry each time costs half a core for 20,000 files a
// second, and of a large directory hardly anything changes. So entries that are known and have not changed for a while are
// looked at in turn, some at each listing; new names and recent files are looked at each time.
import type { Storage, StorageEntry } from '../contracts/storage.ts';

/** Below so many known entries, all are looked at each time. */
const SMALL_DIRECTORY = 1_000;

/** A file that changed so recently may be written to still. */
const RECENT_MS = 60_000;

/** The directory, and the entries to list. */
export interface DirectoryListingOptions {
  readonly storage: Storage;
  readonly directory: string;
  /** Decides by name; called for every name of every listing. */
  readonly accept: (name: string) => boolean;
  /** A known entry of a large directory is looked at again within so many listings. At least 1. */
  readonly turns: number;
}

interface Known {
  readonly entry: StorageEntry;
  /** The listing at which it is looked at again. */
  readonly dueAt: number;
}

/** Lists one directory again and again. Holds one entry for each wanted name that is there. */
export class DirectoryListing {
  readonly #options: DirectoryListingOptions;
  #known = new Map<string, Known>();
  #listing = 0;

  constructor(options: DirectoryListingOptions) {
    this.#options = options;
  }

  /**
   * The entries whose names are wanted, in no particular order. In a large directory, sizes and times of entries that have
   * not changed for a minute may be as old as `turns` listings.
   *
   * @param nowMs Wall milliseconds: which files are recent.
   * @throws what the storage throws.
   */
  async list(nowMs: number): Promise<readonly StorageEntry[]> {
    const { storage, directory } = this.#options;
    const listing = this.#listing + 1;
    const passedOver = new Set<string>();
    const accept = (name: string): boolean => {
      if (!this.#isWanted(name)) return false;
      const isDue = this.#isDue(name, { listing, nowMs });
      if (!isDue) passedOver.add(name);
      return isDue;
    };
    const seen = (await storage.list(directory, { accept })).filter(({ name }) => this.#isWanted(name));
    this.#remember(seen, { listing, passedOver });
    return [...this.#known.values()].map(({ entry }) => entry);
  }

  /** A test of names that fails has its say where files are selected. */
  #isWanted(name: string): boolean {
    try {
      return this.#options.accept(name);
    } catch {
      return true;
    }
  }

  #isDue(name: string, { listing, nowMs }: { listing: number; nowMs: number }): boolean {
    const known = this.#known.get(name);
    if (known === undefined || this.#known.size < SMALL_DIRECTORY) return true;
    return known.dueAt <= listing || known.entry.modifiedMs > nowMs - RECENT_MS;
  }

  #remember(
    seen: readonly StorageEntry[],
    { listing, passedOver }: { listing: number; passedOver: ReadonlySet<string> },
  ): void {
    const { turns } = this.#options;
    const known = new Map<string, Known>();
    for (const name of passedOver) {
      const before = this.#known.get(name);
      if (before !== undefined) known.set(name, before);
    }
    for (const [index, entry] of seen.entries()) {
      // Entries of one listing are spread over later listings.
      const waits = this.#known.has(entry.name) ? turns : 1 + (index % turns);
      known.set(entry.name, { entry, dueAt: listing + waits });
    }
    this.#known = known;
    this.#listing = listing;
  }
}
