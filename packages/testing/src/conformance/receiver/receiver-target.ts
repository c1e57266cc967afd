// What a package with a receiver tells the kit: how to make one over a source of its own, how to put records into that
// source, and what can be done to it. Records are known by their ids, whole numbers from 0, so that each can be
// accounted for.
import type { ConfiguredReceiver, ManualClock, ReceiverCapabilities } from '@millrace/core';
import type { MemoryStorage } from '../../memory-storage.ts';
import type { ConformanceRun } from '../kit/conformance-kit.ts';

/** What a receiver gets from the kit; a source may use it too. */
export interface ReceiverWorld {
  /** The receiver's clock. The kit moves it. */
  readonly clock: ManualClock;
  /** The receiver's files. */
  readonly storage: MemoryStorage;
}

/** A source of its own for one check, empty at first. Hooks that are missing make checks not apply. */
export interface ReceiverTarget<T> {
  /** What is under test, with options that make it read this source. */
  readonly receiver: ConfiguredReceiver<T>;
  /**
   * Puts records into the source, in order, and returns without waiting for the receiver. A source that wants
   * acknowledgements sends again what was not acknowledged, as the real one does.
   */
  send(ids: readonly number[]): void | Promise<void>;
  /** The id of a stored record, or line; undefined when it is none that was sent. */
  idOf(record: T): number | undefined;
  /** The ids that the source counts as done with: it would not send them again. */
  acknowledged?(): readonly number[];
  /**
   * How many bytes the receiver has taken from the source so far, stored or not; what it has refused is not among them.
   * Without it, the bytes that were read from the storage of the world are counted.
   */
  takenBytes?(): number | Promise<number>;
  /** Breaks every connection once, as a network does. */
  disconnect?(): void | Promise<void>;
  /** Takes the source away, or brings it back. */
  setReachable?(isReachable: boolean): void | Promise<void>;
  /**
   * Puts something into the source that cannot become a record. Answers `told` when the source itself was told of it,
   * as a client whose request is refused.
   */
  sendPoison?(): void | 'told' | Promise<void | 'told'>;
  /** Takes away what was sent, or puts something else in its place: its ranges are gone. */
  forget?(): void | Promise<void>;
  /** The source has nothing more. */
  end?(): void | Promise<void>;
  /** Gives the source back. */
  dispose?(): void | Promise<void>;
}

/** Options that a published version took. */
export interface PublishedOptions {
  /** What an application wrote. */
  readonly input: unknown;
  /** What the schema made of it, where that was kept: values that applications rely on, defaults included. */
  readonly output?: Readonly<Record<string, unknown>>;
}

/** What the kit is given. */
export interface ReceiverSubject<T = unknown> extends ConformanceRun {
  /** What the receiver claims; the kit compares it with the receiver's own word. */
  readonly capabilities: ReceiverCapabilities;
  /** Makes an empty source and a receiver that reads it. */
  readonly create: (world: ReceiverWorld) => ReceiverTarget<T> | Promise<ReceiverTarget<T>>;
  /**
   * `before`: the source has to be complete when the receiver starts, as a file that is read once. Default `while`:
   * records come while it runs.
   */
  readonly feeding?: 'before' | 'while';
  /** The bound on unacknowledged records that the target's options set, where it is below `maxInFlight`. */
  readonly inFlightMax?: number;
  /**
   * How many bytes the receiver takes from its source at most while three records are stored and no more are welcome.
   * Absent: it is not checked.
   */
  readonly heldBytesMax?: number;
  /**
   * How many records a receiver with `pause: false` keeps at most while none are welcome; 0 when it keeps none. Absent: it
   * is not checked.
   */
  readonly keptMax?: number;
  /** Values of the target's options that must be said nowhere. */
  readonly secrets?: readonly string[];
  /** What the last published version took, and the schema of today. */
  readonly options?: {
    readonly schema: { readonly parse: (input: unknown) => unknown };
    readonly published: readonly PublishedOptions[];
  };
}
