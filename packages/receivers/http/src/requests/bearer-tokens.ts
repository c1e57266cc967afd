// Who may send. A token is compared in a time that depends on nothing but its length: digests of equal size, all of
// them looked at whatever the first ones said.
import { createHash, timingSafeEqual } from 'node:crypto';

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** The bearer tokens that open a receiver; none at all: everybody may. */
export class BearerTokens {
  readonly #digests: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#digests = tokens.map(digestOf);
  }

  /**
   * Who sends: the number of the token that an `Authorization` header shows, 0 where none is needed.
   *
   * @returns undefined when the header shows none of them.
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
