// A file receiver at work on a directory in memory, on a clock that the test moves.
import { type ConfiguredReceiver, isMillraceError, ManualClock, type Receiver } from '@millrace/core';
import { RecordingReceiverContext, settle } from '@millrace/harness';
import { TroubledStorage } from './troubled-storage.ts';

/** When the receivers of these tests start. */
export const START_MS = 1_000_000;

/** The directory `/spool` and one receiver that watches it. */
export class WatchedDirectory<T> {
  readonly clock = new ManualClock(START_MS);
  readonly storage = new TroubledStorage({ clock: this.clock });
  readonly context = new RecordingReceiverContext<T>({ clock: this.clock, storage: this.storage });
  #receiver: Receiver<T> | undefined;

  /** @param hasDirectory Whether `/spool` is there; true by default. */
  constructor(hasDirectory = true) {
    if (hasDirectory) this.storage.writeFile('/spool/.keep', '');
  }

  /** Puts a file into the directory; its modification time is the clock's, or `modifiedMs`. */
  put(name: string, content: string | Uint8Array, modifiedMs = this.clock.now()): void {
    this.storage.writeFile(`/spool/${name}`, content, { modifiedMs });
  }

  async start(configured: ConfiguredReceiver<T>): Promise<void> {
    this.#receiver = configured.create();
    await this.context.start(this.#receiver);
    await settle();
  }

  /** Stops the receiver as the engine does; may be repeated. */
  async end(): Promise<void> {
    if (this.#receiver !== undefined) await this.context.end(this.#receiver);
  }

  /** The codes of the errors reported so far. */
  get codes(): readonly (string | undefined)[] {
    return this.context.errors.map(({ error }) => (isMillraceError(error) ? error.code : undefined));
  }
}
