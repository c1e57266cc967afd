// The statement that begins a replication, for the client library: from the agreement of the server on, both sides send messages
// until the connection ends.

/** A listener of a replication. */
export interface ReplicationListener {
  /** A message of the server. The bytes may be overwritten after the call. */
  readonly onMessage: (bytes: Buffer) => void;
  /** The server has ended the replication, or the connection broke. */
  readonly onEnd: (error: Error) => void;
}

const nothing = (): void => undefined;

/** A statement in the form that the client library submits; the names of methods are those of the library. */
export class ReplicationQuery {
  readonly handleRowDescription = nothing;
  readonly handleDataRow = nothing;
  readonly handleCommandComplete = nothing;
  readonly handleEmptyQuery = nothing;
  readonly handlePortalSuspended = nothing;
  readonly handleCopyInResponse = nothing;
  readonly #sql: string;
  readonly #listener: ReplicationListener;

  constructor(sql: string, listener: ReplicationListener) {
    this.#sql = sql;
    this.#listener = listener;
  }

  submit(connection: { query(sql: string): void }): void {
    connection.query(this.#sql);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.#listener.onMessage(chunk);
  }

  handleError(error: Error): void {
    this.#listener.onEnd(error);
  }

  handleReadyForQuery(): void {
    this.#listener.onEnd(new Error('the server has ended the replication'));
  }
}
