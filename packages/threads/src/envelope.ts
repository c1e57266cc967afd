// Everything that goes over a connection. Questions carry a number, and the answer has the same; what the questions are
// about is said by the contracts (`DriverProtocol`, `ExecutorProtocol`) and is opaque here.
import type { ExecutorDescription, ExecutorId, LogFields, SerializedError } from '@millrace/core';

/** A question. */
export interface Ask {
  readonly type: 'ask';
  readonly id: number;
  readonly kind: string;
  readonly request: unknown;
}

/** An answer, or why there is none. */
export type Answer =
  | { readonly type: 'answer'; readonly id: number; readonly reply: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: SerializedError };

/** Executor → driver, besides questions and answers. */
export type FromExecutor =
  /** The program is loaded and offers itself. */
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

/** Driver → executor, besides questions and answers. */
export type FromDriver =
  | { readonly type: 'welcome'; readonly executor: ExecutorDescription }
  | { readonly type: 'refused'; readonly error: SerializedError }
  /** A connection to another executor is attached. */
  | { readonly type: 'peer'; readonly executorId: ExecutorId }
  | { readonly type: 'ping' }
  | { readonly type: 'end' };
