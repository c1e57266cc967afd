// What a package with a received-block handler tells the kit.
import type { Durability, ReceivedBlockHandler } from '@millrace/core';
import type { TargetSubject } from '../kit/with-target.ts';

/** A handler, opened, and what can be done around it. Hooks that are missing make checks not apply. */
export interface ReceivedBlockHandlerTarget {
  readonly handler: ReceivedBlockHandler;
  /** The process dies; answers with the handler of the next one, opened over the same place. */
  crashProcess?(): Promise<ReceivedBlockHandler>;
  /** The machine loses power; answers likewise. */
  crashMachine?(): Promise<ReceivedBlockHandler>;
  /** Drops every copy in memory that may be dropped. */
  evict?(): void | Promise<void>;
  /** The next `storeBlock` fails. */
  failNext?(): void;
  /** Holds back what makes blocks durable; the answer lets it go on. */
  hold?(): () => void;
  dispose?(): void | Promise<void>;
}

/** What a handler claims. */
export interface ReceivedBlockHandlerCapabilities {
  readonly durability: Durability;
}

/** What the kit is given. */
export type ReceivedBlockHandlerSubject = TargetSubject<
  ReceivedBlockHandlerTarget,
  ReceivedBlockHandlerCapabilities
>;
