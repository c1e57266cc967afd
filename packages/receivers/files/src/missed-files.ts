// Tells of files that are there and will not be read, so that none is missed silently: one that appears with a
// modification time outside of the remembered time (a move keeps the old time), and one that is written to after it
// was read. It compares each listing with the one before; each file is told once, until it is accepted again.
import type { ReceiverContext, StorageEntry } from '@millrace/core';
import { fileError } from './file-errors.ts';
import { isSameContent } from './stored-file.ts';

/** One listing, and what became of it. */
export interface Listing {
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
  readonly #context: Pick<ReceiverContext<never>, 'reportError'>;
  #seen: Map<string, Seen> | undefined;

  constructor(context: Pick<ReceiverContext<never>, 'reportError'>) {
    this.#context = context;
  }

  /** Takes the next listing. The first one is the state of things: nothing of it is told. */
  look(listing: Listing): void {
    const before = this.#seen;
    const now = new Map<string, Seen>();
    for (const entry of listing.entries) {
      const earlier = before?.get(entry.name);
      const isMissed = before !== undefined && isNews(entry, earlier) && isOver(entry, listing);
      const wasTold = typeof earlier === 'object' && earlier.isTold;
      if (isMissed && !wasTold) this.#tell(entry, listing);
      now.set(entry.name, seenNow(entry, earlier, { listing, isTold: isMissed || wasTold }));
    }
    this.#seen = now;
  }

  /** An accepted file is done with: it was read like this, or, without an entry, it was given up. */
  settled(name: string, readAs: StorageEntry | undefined): void {
    if (this.#seen?.has(name)) this.#seen.set(name, { entry: readAs, isTold: false });
  }

  #tell(entry: StorageEntry, { oldestMs }: Listing): void {
    const { name, modifiedMs, sizeBytes } = entry;
    const details = { name, modifiedMs, sizeBytes, oldestMs };
    if (modifiedMs <= oldestMs) {
      const message = `left out ${name}: its modification time is too old; touch files when moving them in`;
      this.#context.reportError(message, fileError('MR_FILES_TOO_OLD', message, { details }));
    } else {
      const message = `left out what was written to ${name} after it was read; move files in under new names`;
      this.#context.reportError(message, fileError('MR_FILES_CHANGED', message, { details }));
    }
  }
}

/** Whether a name is new or its file is not what it was. What waits to be read sees to its changes itself. */
function isNews(entry: StorageEntry, earlier: Seen | undefined): boolean {
  if (earlier === undefined) return true;
  if (earlier === 'to-be-read' || earlier.entry === undefined) return false;
  return !isSameContent(earlier.entry, entry);
}

/** Whether a file was neither accepted nor can be as it is. */
function isOver({ name, modifiedMs }: StorageEntry, { accepted, latestMs }: Listing): boolean {
  return !accepted.has(name) && modifiedMs <= latestMs;
}

function seenNow(
  entry: StorageEntry,
  earlier: Seen | undefined,
  { listing, isTold }: { readonly listing: Listing; readonly isTold: boolean },
): Seen {
  if (earlier === 'to-be-read' || listing.accepted.has(entry.name)) return 'to-be-read';
  return { entry, isTold };
}
