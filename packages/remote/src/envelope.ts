// All messages of a connection. A request has a number, and its reply has the same number. The content of requests is
// defined by the contracts (`DriverProtocol`, `ExecutorProtocol`) and is opaque here.
import type { ExecutorDescription, ExecutorId, LogFields, SerializedError } from '@millrace/core';

/** A request. */
export interface Ask {
  readonly type: 'ask';
  readonly id: number;
  readonly kind: string;
  readonly request: unknown;
}

/** A reply, or the reason for a missing reply. */
export type Answer =
  | { readonly type: 'answer'; readonly id: number; readonly reply: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: SerializedError };

/** Executor → driver, besides requests and replies. */
export type FromExecutor =
  /** The program is loaded and registers. */
  | {
      readonly type: 'hello';
      readonly application: string;
      readonly fingerprint: string;
      readonly shape: readonly string[];
    }
  /** The executor is made and takes messages. */
  | { readonly type: 'ready' }
  | { readonly type: 'pong' }
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields: LogFields;
    }
  /** Everything is closed. */
  | { readonly type: 'ended' };

/** Driver → executor, besides requests and replies. */
export type FromDriver =
  | { readonly type: 'welcome'; readonly executor: ExecutorDescription }
  | { readonly type: 'refused'; readonly error: SerializedError }
  /** A connection to another executor is attached. */
  | { readonly type: 'peer'; readonly executorId: ExecutorId }
  | { readonly type: 'ping' }
  | { readonly type: 'end' };
