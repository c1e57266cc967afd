// The server on this machine, among the servers of the options. The connections of a driver try it first; the leaders of a driver's streams are better
// elsewhere.
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '@millrace/core';

/** What is asked of this machine and of its servers. */
export interface OwnServerDeps {
  readonly clock: Clock;
  /** The addresses of this machine. Default: those of its network interfaces. */
  readonly ownAddresses?: () => readonly string[];
  /** The addresses of a host; rejects for an unknown one. Default: those of the system. */
  readonly addressesOf?: (host: string) => Promise<readonly string[]>;
  /** The first line that a server sends. Default: over TCP. */
  readonly greetingOf?: (place: ServerPlace, signal: AbortSignal) => Promise<string>;
}

/** The place of a server. */
export interface ServerPlace {
  readonly host: string;
  readonly port: number;
}

const ANSWER_MS = 2_000;
const GREETING = /^INFO (\{.*\})\s*$/;
/** A greeting is some hundred bytes long. */
const GREETING_BYTES_MAX = 65_536;

/**
 * The name of the server on this machine: that of the only one of the servers with an address of this machine. Undefined when there is
 * none, when all servers are on this machine, or when the server does not answer.
 *
 * @param servers Each as `host:port`; see `serversOf`.
 */
export async function ownServerName(
  servers: readonly string[],
  { clock, greetingOf = overTcp, ...machine }: OwnServerDeps,
): Promise<string | undefined> {
  const areHere = await areOnThisMachine(servers, machine);
  const [here, ...more] = servers.filter((_, index) => areHere[index]);
  if (here === undefined || more.length > 0 || servers.length === 1) return undefined;
  const late = new AbortController();
  const timer = clock.after(ANSWER_MS, () => late.abort());
  try {
    const [, info = '{}'] = GREETING.exec(await greetingOf(placeOf(here), late.signal)) ?? [];
    return (JSON.parse(info) as { readonly server_name?: string }).server_name;
  } catch {
    return undefined;
  } finally {
    timer.cancel();
  }
}

/**
 * For each server whether one of its addresses is an address of this machine. A host without an address counts as elsewhere.
 *
 * @param servers Each as `host:port`; see `serversOf`.
 */
export async function areOnThisMachine(
  servers: readonly string[],
  {
    ownAddresses = interfaceAddresses,
    addressesOf = lookedUp,
  }: Pick<OwnServerDeps, 'ownAddresses' | 'addressesOf'>,
): Promise<readonly boolean[]> {
  const own = new Set(ownAddresses());
  return Promise.all(
    servers.map(async (server) => {
      const addresses = await addressesOf(placeOf(server).host).catch(() => []);
      return addresses.some((address) => own.has(address));
    }),
  );
}

function placeOf(server: string): ServerPlace {
  const at = server.lastIndexOf(':');
  return { host: server.slice(0, at).replaceAll(/[[\]]/g, ''), port: Number(server.slice(at + 1)) };
}

function interfaceAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((some = []) => some.map(({ address }) => address));
}

async function lookedUp(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}

async function overTcp({ host, port }: ServerPlace, signal: AbortSignal): Promise<string> {
  const socket = connect({ host, port, signal });
  try {
    let text = '';
    for await (const bytes of socket) {
      text += String(bytes);
      if (text.includes('\n') || text.length > GREETING_BYTES_MAX) break;
    }
    return text.split('\n', 1)[0] ?? '';
  } finally {
    socket.destroy();
  }
}
