// A real Kafka behind proxies. A client of Kafka asks a broker for the addresses of all brokers, so a proxy needs a listener
// of its own, which sends clients back to the proxy:
//
//   client ──► proxy ──► listener PROXY of the broker, "I am at the port of the proxy"
//   test   ─────────────► listener BROKER, without faults
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, TcpProxy } from '@millrace/testing';
import { type RealServer, startServer } from './real-server.ts';

/** A started broker. */
export interface RealKafka extends RealServer {
  /** The bootstrap address without a proxy. */
  readonly address: string;
  readonly proxies: readonly TcpProxy[];
  /** The port of `localhost` with TLS and authentication; see `kafka.sh`. */
  readonly securedPort: number;
  /** The PEM file with the certificate of this port. */
  readonly certificate: string;
}

/**
 * Starts a broker with this number of proxies; undefined when Kafka is not installed.
 *
 * @param env Environment variables of `kafka.sh`.
 * @throws Error when the broker does not start, or is required and not installed.
 */
export async function startKafka(
  proxyCount = 0,
  env: Readonly<Record<string, string>> = {},
): Promise<RealKafka | undefined> {
  const ports = await Promise.all(Array.from({ length: proxyCount }, freePort));
  const proxies = await Promise.all(ports.map((port) => TcpProxy.start({ port })));
  const closeAll = async (): Promise<void> => {
    for (const proxy of proxies) await proxy.close();
  };
  try {
    const listeners = proxies.map((proxy, index) => `${proxy.port}:${ports[index]}`);
    const server = await startServer('kafka', { ...env, PROXIES: listeners.join(' ') });
    if (server === undefined) {
      await closeAll();
      return undefined;
    }
    const stop = async (): Promise<void> => {
      await closeAll();
      await server.stop();
    };
    const securedPort = Number(await readFile(join(dirname(server.log), 'secured-port'), 'utf8'));
    const certificate = fileURLToPath(new URL('kafka/localhost.pem', import.meta.url));
    return { ...server, stop, address: `127.0.0.1:${server.port}`, proxies, securedPort, certificate };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
