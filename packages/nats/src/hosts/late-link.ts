// A link that is used before its connection is made: in an executor, the program goes on while the connection is on its way.
// Messages before the connection are lost like messages during a reconnect, and sessions repeat them.
import type { NatsLink, NatsSubscription, TakeMessage } from '../link/nats-link.ts';
import type { SubjectLink } from '../session/subject-sessions.ts';

/** Subjects over a link to come. */
export class LateLink implements SubjectLink {
  #link: NatsLink | undefined;
  /** Subscriptions that wait for the link. */
  readonly #waiting = new Set<(link: NatsLink) => void>();

  /** @param opening A rejection is not handled: an executor without a connection is of no use and ends by the rejection. */
  constructor(opening: Promise<NatsLink>) {
    void opening.then((link) => {
      this.#link = link;
      for (const subscribe of this.#waiting) subscribe(link);
      this.#waiting.clear();
    });
  }

  publish(subject: string, data: Uint8Array): boolean {
    return this.#link?.publish(subject, data) ?? false;
  }

  changeServer(): void {
    this.#link?.changeServer();
  }

  subscribe(pattern: string, take: TakeMessage): NatsSubscription {
    if (this.#link !== undefined) return this.#link.subscribe(pattern, take);
    let made: NatsSubscription | undefined;
    const subscribe = (link: NatsLink): void => void (made = link.subscribe(pattern, take));
    this.#waiting.add(subscribe);
    return {
      unsubscribe: () => {
        this.#waiting.delete(subscribe);
        made?.unsubscribe();
      },
    };
  }
}
