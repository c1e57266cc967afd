// Whether a cluster in network namespaces can run here, for the reasons of skipped tests.
import { notInstalled, startServer } from '../../tools/servers/real-server.ts';
import { whyRefused } from '../cluster/network.ts';

/** The reason why no cluster can run here; undefined when one can. @throws Error when NATS is required and not installed. */
export async function whyNoCluster(): Promise<string | undefined> {
  const refused = whyRefused();
  if (refused !== undefined) return refused;
  const server = await startServer('nats');
  await server?.stop();
  return server === undefined ? notInstalled('nats') : undefined;
}
