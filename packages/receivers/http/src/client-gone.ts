// A signal, not an error of anybody: it ends the work on a request that nobody waits for any more.

/** The client closed the connection: there is nobody to answer. */
export class ClientGone extends Error {
  constructor() {
    super('the client closed the connection');
    this.name = 'ClientGone';
  }
}
