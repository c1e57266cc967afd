// The description of a package's receiver for the kit: construction over a test source, feeding of the source, and its
// faults. Records have ids, whole numbers from 0, so that each record can be accounted for.
import type { ConfiguredReceiver, ManualClock, ReceiverCapabilities } from '@millrace/core';
import type { MemoryStorage } from '../../memory-storage.ts';
import type { ConformanceRun } from '../kit/conformance-kit.ts';

/** The world of a receiver under test; a source may use the same world. */
export interface ReceiverWorld {
  /** The receiver's clock, moved by the kit. */
  readonly clock: ManualClock;
  /** The receiver's files. */
  readonly storage: MemoryStorage;
}

/** A separate source for one check, empty at first. A check whose hook is missing does not apply. */
export interface ReceiverTarget<T> {
  /** The receiver under test, with options for reading this source. */
  readonly receiver: ConfiguredReceiver<T>;
  /**
   * Puts records into the source in order, without waiting for the receiver. A source with acknowledgements sends
   * unacknowledged records again, like the real source.
   */
  send(ids: readonly number[]): void | Promise<void>;
  /** The id of a stored record or line; undefined for a record that was never sent. */
  idOf(record: T): number | undefined;
  /** The ids that the source counts as acknowledged and would not send again. A real server is asked, and answers later. */
  acknowledged?(): readonly number[] | Promise<readonly number[]>;
  /**
   * The number of bytes that the receiver has taken from the source so far, stored or not; refused bytes do not count.
   * Without this hook, the bytes read from the storage of the world are counted.
   */
  takenBytes?(): number | Promise<number>;
  /** Breaks every connection once, like a network fault. */
  disconnect?(): void | Promise<void>;
  /** Makes the source unreachable, or reachable again. */
  setReachable?(isReachable: boolean): void | Promise<void>;
  /**
   * Puts invalid data into the source. Returns `told` when the source itself gets the refusal, like a client whose
   * request is refused.
   */
  sendPoison?(): void | 'told' | Promise<void | 'told'>;
  /** Removes or replaces the sent records, so their ranges are gone. */
  forget?(): void | Promise<void>;
  /** Ends the input: the source has no further records. */
  end?(): void | Promise<void>;
  /** Releases the source. Called once. */
  dispose?(): void | Promise<void>;
}

/** Options accepted by a published version. */
export interface PublishedOptions {
  /** The options as written in an application. */
  readonly input: unknown;
  /** The recorded result of the schema, if any: values that applications rely on, including defaults. */
  readonly output?: Readonly<Record<string, unknown>>;
}

/** The subject of the kit. */
export interface ReceiverSubject<T = unknown> extends ConformanceRun {
  /** The claims of the receiver; the kit compares them with the receiver's capabilities. */
  readonly capabilities: ReceiverCapabilities;
  /** Makes an empty source and a receiver that reads the source. */
  readonly create: (world: ReceiverWorld) => ReceiverTarget<T> | Promise<ReceiverTarget<T>>;
  /**
   * `before`: the source must be complete before the receiver starts, like a file that is read once. Default `while`:
   * records arrive while the receiver runs.
   */
  readonly feeding?: 'before' | 'while';
  /** The bound on unacknowledged records set by the target's options, if lower than `maxInFlight`. */
  readonly inFlightMax?: number;
  /**
   * The maximum number of bytes that the receiver takes from its source while three records are stored and there is no
   * further room. Unchecked when absent.
   */
  readonly heldBytesMax?: number;
  /**
   * The maximum number of records kept by a receiver with `pause: false` while there is no room; 0 for a receiver that
   * keeps none. Unchecked when absent.
   */
  readonly keptMax?: number;
  /** Values of the target's options that must appear nowhere. */
  readonly secrets?: readonly string[];
  /** The options accepted by the last published version, and the current schema. */
  readonly options?: {
    readonly schema: { readonly parse: (input: unknown) => unknown };
    readonly published: readonly PublishedOptions[];
  };
}
