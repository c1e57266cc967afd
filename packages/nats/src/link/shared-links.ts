// The connections of one engine: the parts of a plugin share one for each purpose. Opened at the first use, and looked at once.
import type { NatsLink, NatsLinks } from './nats-link.ts';

type Purpose = Parameters<NatsLinks['open']>[0];

/** Links that are opened once. */
export class SharedLinks implements NatsLinks {
  readonly #links: NatsLinks;
  readonly #check: (link: NatsLink) => Promise<void>;
  readonly #open = new Map<Purpose, Promise<NatsLink>>();

  /** @param check Refuses servers that Millrace cannot use; called once for each link. */
  constructor(links: NatsLinks, check: (link: NatsLink) => Promise<void>) {
    this.#links = links;
    this.#check = check;
  }

  /** The link of a purpose. A failed opening is tried again by the next call. */
  open(purpose: Purpose): Promise<NatsLink> {
    const known = this.#open.get(purpose);
    if (known !== undefined) return known;
    const opening = this.#opened(purpose);
    this.#open.set(purpose, opening);
    opening.catch(() => this.#open.delete(purpose));
    return opening;
  }

  /** Closes every link. May be repeated; never rejects. */
  async close(): Promise<void> {
    const links = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(
      links.map((opening) =>
        opening.then(
          (link) => link.close(),
          () => undefined,
        ),
      ),
    );
  }

  async #opened(purpose: Purpose): Promise<NatsLink> {
    const link = await this.#links.open(purpose);
    try {
      await this.#check(link);
      return link;
    } catch (error) {
      await link.close();
      throw error;
    }
  }
}
