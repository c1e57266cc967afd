// Opens links to real servers by the options of a program.
import type { Clock, Logger, RandomSource, Storage } from '@millrace/core';
import { credentialSettings, tlsSettings } from '@millrace/connection-nats';
import { failureText } from '@millrace/core/engine';
import { type ConnectionOptions, connect } from '@nats-io/transport-node';
import { clusterError } from '../cluster-errors.ts';
import { ClientLink } from './client-link.ts';
import { linkFailure } from './link-failure.ts';
import { linkSecretsOf, type NatsLinkOptions, serversOf } from './link-options.ts';
import type { NatsLink, NatsLinks } from './nats-link.ts';
import { nextServer } from './next-server.ts';
import { serverOrder } from './server-order.ts';

/** Collaborators of `ClientLinks`. */
export interface ClientLinksDeps {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
  readonly options: NatsLinkOptions;
  /** True: the server on this machine is tried first; see `serverOrder`. Default false: a drawn order. */
  readonly isOwnServerFirst?: boolean;
}

/**
 * Settings of the client. A dead server is noticed within three seconds, and another one is tried after 50 to 70 ms, without end.
 * Servers are those of the options: addresses that servers tell may not be reachable from here.
 */
const TUNED = {
  timeout: 1_000,
  pingInterval: 1_000,
  maxPingOut: 2,
  maxReconnectAttempts: -1,
  reconnectTimeWait: 50,
  reconnectJitter: 20,
  reconnectJitterTLS: 20,
  ignoreClusterUpdates: true,
  ignoreAuthErrorAbort: true,
  noAsyncTraces: true,
} as const;
/** The wait between two attempts for the first connection. */
const AGAIN_MS = 250;

/** Links to real servers. */
export class ClientLinks implements NatsLinks {
  readonly #deps: ClientLinksDeps;

  constructor(deps: ClientLinksDeps) {
    this.#deps = deps;
  }

  async open(purpose: 'control' | 'blocks'): Promise<NatsLink> {
    const { clock, random, log, options } = this.#deps;
    const { clientName, inboxPrefix, connectTimeoutMs } = options;
    const settings = await this.#settings(`${clientName}-${purpose}`);
    const fromMs = clock.monotonicMs();
    for (;;) {
      try {
        const connection = await connect({ ...settings });
        return new ClientLink(connection, { clock, random, log: log.child({ link: purpose }), inboxPrefix });
      } catch (error) {
        const what = `connect to ${serversOf(options).join(', ')}`;
        const failure = linkFailure(error, what, linkSecretsOf(options));
        const isLate = clock.monotonicMs() - fromMs + AGAIN_MS > connectTimeoutMs;
        if (failure.disposition === 'stop-engine' || isLate) throw failure;
        await clock.sleepFor(AGAIN_MS);
      }
    }
  }

  async #settings(name: string): Promise<ConnectionOptions> {
    const { clock, random, storage, options, isOwnServerFirst = false } = this.#deps;
    const servers = serversOf(options);
    try {
      return {
        ...TUNED,
        name,
        servers: isOwnServerFirst ? [...(await serverOrder(servers, { clock, random }))] : [...servers],
        noRandomize: isOwnServerFirst,
        reconnectToServer: nextServer(),
        tls: await tlsSettings(options.tls, servers, storage),
        ...(await credentialSettings(options, storage)),
      };
    } catch (cause) {
      const reason = failureText(cause, linkSecretsOf(options));
      const message = `expected usable files of tls, credentialsFile and nkeyFile: ${reason}`;
      throw clusterError('MR_CLUSTER_FILES_UNUSABLE', message);
    }
  }
}
