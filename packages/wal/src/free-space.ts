// The free space of a log's disk, as known at the newest segment: asked beside the writes, which never wait for the
// answer. A storage that cannot tell, or that fails to, leaves the space unknown.
import type { Storage } from '@millrace/core';

/** Collaborators of a `FreeSpace`. */
export interface FreeSpaceDeps {
  readonly storage: Storage;
  readonly directory: string;
}

/** The free space on the disk of one log. */
export class FreeSpace {
  readonly #deps: FreeSpaceDeps;
  #bytes: number | undefined;
  #isAsking = false;

  constructor(deps: FreeSpaceDeps) {
    this.#deps = deps;
  }

  /** The free bytes at the newest answer; undefined: not known. */
  get bytes(): number | undefined {
    return this.#bytes;
  }

  /** Asks the storage, unless a question is open. */
  look(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    void this.#look();
  }

  async #look(): Promise<void> {
    const { storage, directory } = this.#deps;
    try {
      const free = await storage.freeBytes?.(directory);
      this.#bytes = Number.isFinite(free) ? free : undefined;
    } catch {
      this.#bytes = undefined;
    } finally {
      this.#isAsking = false;
    }
  }
}
