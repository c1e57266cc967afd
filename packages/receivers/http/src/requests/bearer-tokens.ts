// The authorization of senders. A token is compared in a time that depends only on its length: digests of equal size
// are compared, and all digests are read in any case.
import { createHash, timingSafeEqual } from 'node:crypto';

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** The bearer tokens of a receiver; without tokens, every client may send. */
export class BearerTokens {
  readonly #digests: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#digests = tokens.map(digestOf);
  }

  /**
   * The identity of the sender: the number of the token in an `Authorization` header, 0 when no token is needed.
   *
   * @returns undefined when the header contains no valid token.
   */
  senderOf(authorization: string | undefined): number | undefined {
    if (this.#digests.length === 0) return 0;
    const shown = BEARER.exec(authorization ?? '')?.[1];
    if (shown === undefined) return undefined;
    const digest = digestOf(shown);
    const matches = this.#digests.map((known) => timingSafeEqual(known, digest));
    const sender = matches.indexOf(true);
    return sender === -1 ? undefined : sender;
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
