// The transport between driver and executors: one end of a connection that delivers messages in order until either side is
// gone. Threads have one over message ports, tests have one in memory, and a simulation may have one that loses and delays.
import type { ExecutorDescription, ExecutorId } from '@millrace/core';

/** One end of a connection. */
export interface Transport {
  /**
   * Sends a message; data only. Buffers in `transfer` are transferred and are empty here afterwards. Does nothing when
   * the other side is gone: `onClose` informs code that waits for a reply.
   */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;

  /**
   * Sends a message with the end of another connection attached; the receiver uses the attachment with
   * `Connector.adopt`.
   */
  postWith(message: object, attachment: unknown): void;

  /**
   * Registers the consumer of messages, with the attachment of each message as second argument. Called once; earlier
   * messages have waited.
   */
  onMessage(take: (message: unknown, attachment?: unknown) => void): void;

  /** Registers the callback for the loss of the other side. Called once. */
  onClose(closed: () => void): void;

  /** Ends the connection. May be repeated. */
  close(): void;
}

/** Another executor, in the view of an executor. */
export interface Peer {
  /**
   * Sends a request; rejects with the error of the other executor, or with `MR_EXECUTOR_UNREACHABLE` when the other
   * executor is gone.
   */
  ask(kind: string, request: unknown): Promise<unknown>;

  /** Ends the connection. Open requests are rejected. May be repeated. */
  close(): void;
}

/** An executor's own side of the connection to another executor. */
export interface PeerService {
  /** The other executor. */
  readonly executorId: ExecutorId;
  /** Answers the requests of the other executor. A rejection is sent back. */
  readonly answer: (kind: string, request: unknown) => Promise<unknown>;
  /** The error of a request that cannot be delivered or will get no reply. */
  readonly unreachable: (kind: string) => Error;
  /** Called once when the other executor is gone. */
  readonly onClose: () => void;
}

/** Makes connections between other components. */
export interface Connector {
  /** The two ends of a new connection between two executors, each to be sent to an executor with `postWith`. */
  readonly pair: (one: ExecutorDescription, two: ExecutorDescription) => readonly [unknown, unknown];
  /** The other executor behind a received attachment. `channelPeer` suits every attachment that is a `Transport`. */
  readonly adopt: (attachment: unknown, service: PeerService) => Peer;
}
