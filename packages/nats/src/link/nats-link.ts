// A connection to NATS, as far as this package uses NATS: subjects without JetStream. Everything else of this package speaks
// through a link, so the whole package runs over the fake of `@millrace/nats/testing` as over real servers.
//
//   sessions, hosts ──► NatsLink ◄── streams ◄── log, lease, blocks, checkpoints
//                          ▲
//             ClientLink ──┴── FakeLink
//      (knows the client library)
//
// A link has no memory: a message that is published while the connection is broken, or shortly before the break, is gone.
// Order holds within one connection: two messages of one publisher on one subject arrive in order, or not at all.

/** Headers of a message: one value for each name. Names are compared as they stand. */
export type NatsHeaders = Readonly<Record<string, string>>;

/** A message that has arrived. */
export interface LinkMessage {
  readonly subject: string;
  /** Shares the memory of one read with other messages: copy the bytes before keeping them for long. */
  readonly data: Uint8Array;
  /** The subject for the answer. Absent: the sender expects none. */
  readonly reply?: string;
  readonly headers?: NatsHeaders;
  /** A status of the server in place of a message, for instance 404 from a consumer without messages. Absent: a message. */
  readonly status?: number;
}

/** Options of a published message. */
export interface PublishOptions {
  /** The subject for answers. */
  readonly reply?: string;
  readonly headers?: NatsHeaders;
}

/** Options of a request. */
export interface RequestOptions {
  /** The longest wait for the answer, in milliseconds on the monotonic clock. */
  readonly timeoutMs: number;
  readonly headers?: NatsHeaders;
}

/** A subscription. */
export interface NatsSubscription {
  /** Ends the subscription: `take` is not called any more. May be repeated. */
  unsubscribe(): void;
}

/** The server at the other end of the newest connection. */
export interface NatsServerInfo {
  /** Unique in a cluster. */
  readonly name: string;
  /** For instance `2.15.1`. */
  readonly version: string;
  /** The largest number of bytes of a message with its headers. */
  readonly maxPayload: number;
}

/** Receives messages. Called in the order of arrival, one message at a time. */
export type TakeMessage = (message: LinkMessage) => void;

/**
 * A connection that is made again, without end, to any of the servers. Subscriptions outlive a broken connection; messages do
 * not.
 */
export interface NatsLink {
  /** False from the break of a connection, once noticed, to the next connection, and after `close`. */
  readonly isConnected: boolean;

  readonly server: NatsServerInfo;

  /**
   * Sends a message to all current subscriptions that match the subject, those of this link included. There is no
   * back-pressure: a sender bounds its own unacknowledged messages. The bytes are sent later: do not change `data`.
   *
   * @returns false when the message was certainly not sent, because the connection is broken. True promises nothing.
   * @throws `MR_CLUSTER_MESSAGE_TOO_LARGE`, `MR_CLUSTER_LINK_CLOSED`; `TypeError` for a subject with wildcards or white space.
   */
  publish(subject: string, data: Uint8Array, options?: PublishOptions): boolean;

  /**
   * Receives messages of a subject, or of a pattern: `*` for one token, `>` for the rest. An error thrown by `take` is logged,
   * and the next message arrives nevertheless.
   *
   * @throws `MR_CLUSTER_LINK_CLOSED`; `TypeError` for an invalid pattern.
   */
  subscribe(pattern: string, take: TakeMessage): NatsSubscription;

  /**
   * Sends a message and waits for the first answer.
   *
   * @throws `MR_CLUSTER_UNANSWERED`, with `details.reason`: `time-out`, `no-responders` (nobody has the message), `disconnected`
   *   (at once, when the connection breaks or is broken); `MR_CLUSTER_DENIED` when the user may not publish on the subject; and
   *   the errors of `publish`.
   */
  request(subject: string, data: Uint8Array, options: RequestOptions): Promise<LinkMessage>;

  /** Calls back at each change of `isConnected`. The returned function ends this. */
  onConnection(changed: (isConnected: boolean) => void): () => void;

  /**
   * Breaks the connection and connects to another server, where there is one; open requests are rejected. For a connection to a server
   * that answers and does not reach the others. Does nothing while the link is not connected, or is for less than two seconds.
   */
  changeServer(): void;

  /**
   * Sends the rest, within two seconds, and closes the connection. Open requests are rejected with `MR_CLUSTER_LINK_CLOSED`. May
   * be repeated; never rejects.
   */
  close(): Promise<void>;
}

/** Opens links. A process has one link for control, and one for blocks, so that large messages delay no renewal of a lease. */
export interface NatsLinks {
  /**
   * Connects, for as long as the option `connectTimeoutMs` says.
   *
   * @param purpose Part of the client's name in the lists of the servers.
   * @throws `MR_CLUSTER_UNREACHABLE`, `MR_CLUSTER_DENIED`, `MR_CLUSTER_FILES_UNUSABLE`.
   */
  open(purpose: 'control' | 'blocks'): Promise<NatsLink>;
}
