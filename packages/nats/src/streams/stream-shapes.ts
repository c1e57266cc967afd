// Streams of JetStream as this package uses them. Names in snake case are those of the protocol.
import type { NatsHeaders } from '../link/nats-link.ts';

/** The settings of a stream. A server repeats all of them in its answer; an old server leaves out settings that it does not know. */
export interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly retention: 'limits';
  readonly storage: 'file' | 'memory';
  /** `new`: a full stream refuses messages. `old`: a full stream removes its oldest messages. */
  readonly discard: 'new' | 'old';
  readonly num_replicas: number;
  /** Bytes; -1: no bound. */
  readonly max_bytes: number;
  /** The largest message with its headers, in bytes; -1: no bound. */
  readonly max_msg_size: number;
  /** Messages of one subject; -1: no bound. */
  readonly max_msgs_per_subject: number;
  /** The time during which a repeated message id is recognised, in nanoseconds. */
  readonly duplicate_window: number;
  /** True: no single message can be removed. */
  readonly deny_delete: boolean;
  /** True: every replica may answer reads of single messages, also one that lags behind. */
  readonly allow_direct: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A stream as its leader describes it. */
export interface StreamInfo {
  readonly config: StreamConfig;
  readonly state: {
    readonly messages: number;
    readonly bytes: number;
    /** The oldest message; 0, or the one after the last, in an empty stream. */
    readonly first_seq: number;
    /** The newest message that the stream ever had; 0: none. */
    readonly last_seq: number;
  };
  /** Absent: the server belongs to no cluster. */
  readonly cluster?: {
    readonly name?: string;
    /** The name of the leading server. Absent: none at present. */
    readonly leader?: string;
    readonly replicas?: readonly {
      readonly name: string;
      /** True: the server has everything that the leader has. */
      readonly current: boolean;
      readonly offline?: boolean;
      /** The operations that the server lacks; absent: none. */
      readonly lag?: number;
    }[];
  };
}

/** A message of a stream. */
export interface StoredMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly headers: NatsHeaders;
}

/** A message for a stream. */
export interface NewMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers?: NatsHeaders;
  /** Within the duplicate window, a message with the id of an earlier one is not stored again. */
  readonly id?: string;
  /** Store the message only if this is the sequence of the newest message of the stream. */
  readonly expectLast?: number;
  /** Store the message only if this is the sequence of the newest message of its subject; 0: there is none. */
  readonly expectLastOfSubject?: number;
}

/** The outcome of one attempt to append a message. */
export type AppendAnswer =
  /** A quorum has the message. `isDuplicate`: an earlier attempt, or another message with its id, was stored. */
  | { readonly kind: 'stored'; readonly sequence: number; readonly isDuplicate: boolean }
  /**
   * The expectation did not hold. Not to be taken at its word: with one replica, and with several after the duplicate window, a
   * repeated message that was stored is answered so as well. The record behind the expected one tells.
   */
  | { readonly kind: 'unexpected'; readonly description: string }
  /** The stream has no room, and the message is not stored. */
  | { readonly kind: 'full'; readonly description: string }
  /** The server will never take the message. */
  | { readonly kind: 'refused'; readonly code: number; readonly description: string }
  /** Nobody can say whether the message is stored: repeat the message unchanged, under the same id. */
  | { readonly kind: 'unknown'; readonly reason: string };
