// A file receiver on a directory in memory, on a clock under the control of the test.
import { type ConfiguredReceiver, isMillraceError, ManualClock, type Receiver } from '@millrace/core';
import type { ReceiverGauges } from '@millrace/core/observation';
import { RecordingReceiverContext, settle } from '@millrace/testing';
import { TroubledStorage } from './troubled-storage.ts';

/** The start time of the receivers of these tests. */
export const START_MS = 1_000_000;

/** The position at which a watch continues another one. */
export interface GoOn {
  readonly after: { readonly clock: ManualClock; readonly storage: TroubledStorage };
  readonly resumeFrom: unknown;
}

/** The directory `/spool` and one receiver that watches it. */
export class WatchedDirectory<T> {
  readonly clock: ManualClock;
  readonly storage: TroubledStorage;
  readonly context: RecordingReceiverContext<T>;
  /** All records stored with one position, as read from the driver's log. */
  readonly stored: { readonly records: readonly unknown[]; readonly position: unknown }[] = [];
  #configured: ConfiguredReceiver<T> | undefined;
  #receiver: Receiver<T> | undefined;

  /** @param hasDirectory True when `/spool` exists; true by default. */
  constructor(hasDirectory = true, goOn?: GoOn) {
    this.clock = goOn?.after.clock ?? new ManualClock(START_MS);
    this.storage = goOn?.after.storage ?? new TroubledStorage({ clock: this.clock });
    const { clock, storage } = this;
    this.context = new RecordingReceiverContext<T>({ clock, storage, resumeFrom: goOn?.resumeFrom });
    if (hasDirectory && goOn === undefined) this.storage.writeFile('/spool/.keep', '');
    this.#keepPositions();
  }

  /** Puts a file into the directory; its modification time is the time of the clock, or `modifiedMs`. */
  put(name: string, content: string | Uint8Array, modifiedMs = this.clock.now()): void {
    this.storage.writeFile(`/spool/${name}`, content, { modifiedMs });
  }

  async start(configured: ConfiguredReceiver<T>): Promise<void> {
    this.#configured = configured;
    this.#receiver = configured.create();
    await this.context.start(this.#receiver);
    await settle();
  }

  /** Stops the receiver as the engine does; may be repeated. */
  async end(): Promise<void> {
    if (this.#receiver !== undefined) await this.context.end(this.#receiver);
  }

  /** The amounts that the receiver offers to observers. */
  gauges(): ReceiverGauges | undefined {
    return this.#receiver?.gauges?.();
  }

  /** Acknowledges this number of the oldest unacknowledged stores. */
  async acknowledge(count: number): Promise<void> {
    if (this.#receiver !== undefined) await this.context.acknowledge(this.#receiver, count);
  }

  /** Reads the records behind one position up to another position again, by their indexes in `stored`. */
  async readAgain(first: number, last: number): Promise<readonly unknown[]> {
    const from = this.stored[first - 1]?.position ?? this.context.resumeFrom;
    const to = this.stored[last]?.position;
    const { clock, storage, context } = this;
    const { streamId, log } = context;
    const { signal } = new AbortController();
    const range = from === undefined ? { to } : { from, to };
    const records: unknown[] = [];
    const pieces = this.#configured?.readRange?.(range, { streamId, signal, clock, storage, log });
    for await (const piece of pieces ?? []) {
      records.push(...(piece.kind === 'records' ? piece.records : linesOf(piece.bytes)));
    }
    return records;
  }

  #keepPositions(): void {
    const { context, stored } = this;
    const [store, storeText] = [context.store.bind(context), context.storeText.bind(context)];
    context.store = (record, position) => {
      stored.push({ records: [structuredClone(record)], position: structuredClone(position) });
      return store(record, position);
    };
    context.storeText = (bytes, lineCount, position) => {
      stored.push({ records: linesOf(bytes), position: structuredClone(position) });
      return storeText(bytes, lineCount, position);
    };
  }

  /** The codes of the errors reported so far. */
  get codes(): readonly (string | undefined)[] {
    return this.context.errors.map(({ error }) => (isMillraceError(error) ? error.code : undefined));
  }
}

function linesOf(bytes: Uint8Array): string[] {
  return Buffer.from(bytes).toString().split('\n').slice(0, -1);
}
