// A signal, not an error: ends the work on a request whose client is gone.

/** The client closed the connection: an answer has no receiver. */
export class ClientGone extends Error {
  constructor() {
    super('the client closed the connection');
    this.name = 'ClientGone';
  }
}
