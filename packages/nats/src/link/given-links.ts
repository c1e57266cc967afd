// The links of an engine without servers: a simulation or a test binds its own, and every plugin of this package uses these in
// place of the client library.
import { portToken } from '@millrace/core/engine';
import type { NatsLinks } from './nats-link.ts';

/** Links in place of connections. Not opened and closed with an engine: each part opens and closes the links that it uses. */
export interface GivenLinks {
  readonly links: NatsLinks;
}

const NAME = 'nats:Links';

/**
 * The token of links that replace the connections of all plugins of this package: `provide(NATS_LINKS, nats)` for a `FakeNats`. The
 * option `servers` then has no meaning.
 */
export const NATS_LINKS = portToken<GivenLinks>(NAME);

/** Injects the links where these are bound, else undefined. The container types both cases apart. */
export const LINKS_IF_ANY = { serviceIdentifier: portToken<undefined>(NAME), optional: true } as const;
