// Several NATS servers of one cluster. Each server is killed, started again and stopped by itself.
//
//   server 1 ◄─ routes ─► server 2 ◄─ routes ─► server 3        JetStream keeps streams on one, three or five of them
import { freePort } from '@millrace/testing';
import { type RealServer, startServer } from './real-server.ts';

/**
 * Starts the servers of a cluster; undefined when NATS is not installed. The servers find each other within seconds; until
 * then JetStream refuses requests.
 *
 * @param settings Environment of `nats.sh`, by the number of a server.
 * @throws Error when a server does not start, or is required and not installed.
 */
export async function startNatsCluster(
  count: number,
  settings: (index: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<readonly RealServer[] | undefined> {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const started: RealServer[] = [];
  try {
    for (const [index, port] of ports.entries()) {
      const env = {
        ...settings(index),
        CLUSTER_PORT: String(port),
        ROUTES: ports.join(' '),
        SERVER_NAME: `millrace-${index + 1}`,
      };
      const server = await startServer('nats', env);
      if (server === undefined) return undefined;
      started.push(server);
    }
    return started;
  } catch (error) {
    for (const server of started) await server.stop();
    throw error;
  }
}
