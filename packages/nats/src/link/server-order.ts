// The order in which the connections of a driver try their servers. A connection to the server on its own machine breaks only with that
// machine or that server: a driver that stands by does not lose its connection when the machine of the driver in charge is cut off, and
// finds no dead server when it takes over. The connections of hosts and executors are spread over the servers: with one server a machine,
// a cut between two machines would part all connections of one from those of the other.
import type { Clock, RandomSource } from '@millrace/core';
import { areOnThisMachine, type OwnServerDeps } from './own-server.ts';

/** Collaborators of `serverOrder`. */
export interface ServerOrderDeps extends Pick<OwnServerDeps, 'ownAddresses' | 'addressesOf'> {
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** Addresses that are not known in this time do not hold up a connection. */
const LOOK_UP_MS = 1_000;

/**
 * The servers on this machine, then all others; each group in a drawn order, so that clients are spread.
 *
 * @param servers Each as `host:port`; see `serversOf`.
 */
export async function serverOrder(
  servers: readonly string[],
  { clock, random, ...machine }: ServerOrderDeps,
): Promise<readonly string[]> {
  const late = Promise.withResolvers<readonly boolean[]>();
  const timer = clock.after(LOOK_UP_MS, () => late.resolve([]));
  const areHere = await Promise.race([areOnThisMachine(servers, machine), late.promise]);
  timer.cancel();
  const places = servers.map((server, index) => ({
    server,
    isElsewhere: areHere[index] !== true,
    draw: random.next(),
  }));
  return places
    .toSorted((a, b) => Number(a.isElsewhere) - Number(b.isElsewhere) || a.draw - b.draw)
    .map(({ server }) => server);
}
