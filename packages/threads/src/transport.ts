// What executors and driver speak over, as far as this package needs to know: one end of a connection that carries
// messages in order until either side is gone. Threads have one (`worker-transport.ts`), tests have one in memory, and a
// simulation may have one that loses and delays.

/** One end of a connection. */
export interface Transport {
  /**
   * Sends a message; data only. Buffers in `transfer` are handed over and are empty here afterwards. Does nothing when
   * the other side is gone: who waits for an answer hears of it by `onClose`.
   */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;

  /**
   * Sends a message that brings the end of another connection along; the receiver makes it its own with
   * `Connector.adopt`.
   */
  postWith(message: object, attachment: unknown): void;

  /** Says who takes messages, the attachment of each behind it. Called once; earlier messages have waited. */
  onMessage(take: (message: unknown, attachment?: unknown) => void): void;

  /** Says who is told that the other side is gone. Called once. */
  onClose(closed: () => void): void;

  /** Ends the connection. May be repeated. */
  close(): void;
}

/** Makes connections between others. */
export interface Connector {
  /** Two ends of a new connection, each to be sent to a side with `postWith`. */
  readonly pair: () => readonly [unknown, unknown];
  /** An end that has come as an attachment. */
  readonly adopt: (attachment: unknown) => Transport;
}
