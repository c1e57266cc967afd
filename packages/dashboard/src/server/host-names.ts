// The names under which a dashboard may be asked. With DNS rebinding, a page of a stranger points its own host name at this
// machine and becomes same-origin; the Host header still has the stranger's name, and is therefore checked.
import { isIP } from 'node:net';

const HOST_AND_PORT = /^(\[[\da-f:.]+\]|[^\s@:[\]/]+)(?::\d{0,5})?$/i;

/** True for the names and addresses of this machine alone: `localhost`, `127.0.0.0/8`, `::1`. */
export function isLoopbackName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (isIP(name) === 4) return name.startsWith('127.');
  return name === '::1' || name.startsWith('::ffff:127.');
}

/** Options of `HostNames`. */
export interface HostNamesOptions {
  /** The host that the server listens on. */
  readonly host: string;
  readonly allowedHosts: readonly string[];
}

/** Judges Host headers. */
export class HostNames {
  readonly #allowed: ReadonlySet<string>;
  readonly #takesAddresses: boolean;

  constructor({ host, allowedHosts }: HostNamesOptions) {
    this.#allowed = new Set([host, ...allowedHosts].map((name) => name.toLowerCase()));
    // An address is no name that a stranger could point elsewhere. Monitoring reaches a machine by its address.
    this.#takesAddresses = !isLoopbackName(host);
  }

  /** True for a Host header with a loopback name, an allowed name, or, beyond loopback, an address. */
  accepts(header: string | undefined): boolean {
    const host = HOST_AND_PORT.exec(header ?? '')?.[1]?.toLowerCase();
    if (host === undefined) return false;
    const name = host.replace(/^\[|\]$/g, '').replace(/\.$/, '');
    return isLoopbackName(name) || this.#allowed.has(name) || (this.#takesAddresses && isIP(name) !== 0);
  }
}
