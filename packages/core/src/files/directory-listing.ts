// Repeated listings of a watched directory. Inspecting every entry each time costs half a core for 20,000 files a
// second, and a large directory hardly changes. Known entries without recent changes are therefore inspected in turn,
// some at each listing; new names and recent files are inspected each time.
import type { Storage, StorageEntry } from '../contracts/storage.ts';

/** Below this number of known entries, all entries are inspected each time. */
const SMALL_DIRECTORY = 1_000;

/** A file with a change this recent may still be written to. */
const RECENT_MS = 60_000;

/** Options of a directory listing. */
export interface DirectoryListingOptions {
  readonly storage: Storage;
  readonly directory: string;
  /** Selects names; called for every name of every listing. */
  readonly accept: (name: string) => boolean;
  /** A known entry of a large directory is inspected again within this number of listings. At least 1. */
  readonly turns: number;
}

interface Known {
  readonly entry: StorageEntry;
  /** The listing of the next inspection. */
  readonly dueAt: number;
}

/** Lists one directory repeatedly. Holds one record for each accepted name in the directory. */
export class DirectoryListing {
  readonly #options: DirectoryListingOptions;
  #known = new Map<string, Known>();
  #listing = 0;

  constructor(options: DirectoryListingOptions) {
    this.#options = options;
  }

  /**
   * The entries with accepted names, in no particular order. In a large directory, sizes and times of entries without a
   * change for a minute may be as old as `turns` listings.
   *
   * @param nowMs Wall milliseconds: the reference for recent files.
   * @throws any error of the storage.
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

  /** A failing name test takes effect in the selection of files. */
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
      // Inspections of the entries of one listing are spread over later listings.
      const waits = this.#known.has(entry.name) ? turns : 1 + (index % turns);
      known.set(entry.name, { entry, dueAt: listing + waits });
    }
    this.#known = known;
    this.#listing = listing;
  }
}
