// One dashboard from its opening to its closing: listens, says where, and reports a server that cannot listen.
import type { Clock, Logger } from '@millrace/core';
import type { DashboardOptions } from './dashboard.options.ts';
import { publishListening } from './listening-channel.ts';
import type { ObservedSource } from './observed-source.ts';
import { DashboardServer } from './server/dashboard-server.ts';

/** Parts of a `DashboardLife`. */
export interface DashboardLifeDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly source: ObservedSource;
  readonly options: DashboardOptions;
}

/** The dashboard of one engine. */
export class DashboardLife {
  readonly #deps: DashboardLifeDeps;
  readonly #server: DashboardServer;

  constructor(deps: DashboardLifeDeps) {
    this.#deps = deps;
    this.#server = new DashboardServer(deps);
  }

  /** Listens, and announces the address. Returns the URL of the page. @throws `MR_DASHBOARD_NOT_LISTENING`. */
  async open(): Promise<string> {
    const { address, family, port } = await this.#server.listen();
    const { log, source, options } = this.#deps;
    const url = `http://${hostOf(address, family)}:${port}/`;
    const { needsToken } = this.#server;
    log.info('dashboard listening', { url, ...(needsToken ? { token: 'needed' } : {}) });
    if (options.port !== 0 && port !== options.port) {
      log.info('the port of the dashboard was taken', { wanted: options.port, port });
    }
    publishListening({ application: source.liveState().application, url, address, port, needsToken });
    return url;
  }

  /** Ends the server. May be repeated, and called without `open`. */
  close(): Promise<void> {
    return this.#server.close();
  }
}

/** The host of an address in a URL. A server on all addresses is reached as this machine. */
function hostOf(address: string, family: string): string {
  if (address === '0.0.0.0' || address === '::') return 'localhost';
  return family === 'IPv6' ? `[${address}]` : address;
}
