// The description of a package's received-block handler for the kit.
import type { Durability, ReceivedBlockHandler } from '@millrace/core';
import type { LogEntry } from '@millrace/core/engine';
import type { TargetSubject } from '../kit/with-target.ts';

/** An open handler and its environment. A check whose hook is missing does not apply. */
export interface ReceivedBlockHandlerTarget {
  readonly handler: ReceivedBlockHandler;
  /** The process dies; resolves with the handler of the next process, opened over the same location. */
  crashProcess?(): Promise<ReceivedBlockHandler>;
  /** The machine loses power; resolves with the next handler, opened over the same location. */
  crashMachine?(): Promise<ReceivedBlockHandler>;
  /** Drops every memory copy that may be dropped. */
  evict?(): void | Promise<void>;
  /** The next `storeBlock` fails. */
  failNext?(): void;
  /** Suspends the durable medium; the returned function resumes the medium. */
  hold?(): () => void;
  /** Writes an entry to a log that the handler reads (`readsLog`), like the driver. The codec is `MsgpackCodec`. */
  writeToDriverLog?(payload: Uint8Array): Promise<LogEntry>;
  dispose?(): void | Promise<void>;
}

/** The claims of a handler. */
export interface ReceivedBlockHandlerCapabilities {
  readonly durability: Durability;
}

/** The subject of the kit. */
export type ReceivedBlockHandlerSubject = TargetSubject<
  ReceivedBlockHandlerTarget,
  ReceivedBlockHandlerCapabilities
>;
