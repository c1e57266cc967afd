// The port of a dashboard: the wanted one, or the next free one, so that several engines on one machine need no settings.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '@millrace/core';
import { dashboardError } from '../dashboard-errors.ts';

/** The number of ports that are tried, as in Spark. */
const PORTS_TRIED = 16;
const PORT_MAX = 65_535;

/**
 * Lets the server listen on the port, or on the first free one of the following 15.
 *
 * @throws `MR_DASHBOARD_NOT_LISTENING`.
 */
export async function listenOnFreePort(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<AddressInfo> {
  const last = port === 0 ? 0 : Math.min(port + PORTS_TRIED - 1, PORT_MAX);
  for (let candidate = port; ; candidate += 1) {
    try {
      return await listen(server, host, candidate);
    } catch (error) {
      if (isTaken(error) && candidate < last) continue;
      const ports = last === port ? `port ${port}` : `the ports ${port} to ${last}`;
      const message = isTaken(error)
        ? `expected a free port on ${host}, but ${ports} are taken; choose another one`
        : `the dashboard cannot listen on ${host}, port ${candidate}: ${messageOf(error)}`;
      throw dashboardError('MR_DASHBOARD_NOT_LISTENING', message, { cause: error, details: { host, port } });
    }
  }
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.once('listening', resolve);
  try {
    server.listen({ host, port, exclusive: true });
    await promise;
  } finally {
    server.off('error', reject);
    server.off('listening', resolve);
  }
  return server.address() as AddressInfo;
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}
