// Logs over a cluster of real servers on loopback. A factory is a process with a connection of its own.
import { type Logger, SystemClock, SystemRandom } from '@millrace/core';
import { MemoryStorage, RecordingLogger } from '@millrace/testing';
import { startNatsCluster } from '../../../tools/servers/real-nats.ts';
import { type RealServer, startServer } from '../../../tools/servers/real-server.ts';
import { ClientLinks, type NatsLink } from '../src/index.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { NatsLogFactory } from '../src/log/nats-log-factory.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { StreamApi } from '../src/streams/stream-api.ts';
import type { StreamConfig } from '../src/streams/stream-shapes.ts';

const CREATE_TRIES = 100;
const MIB = 1024 * 1024;

/** A running cluster. */
export class RealCluster {
  readonly clock = new SystemClock();
  readonly random = new SystemRandom();
  readonly log = new RecordingLogger();
  readonly servers: readonly RealServer[];
  readonly #links: NatsLink[] = [];
  readonly #configs = new Map<string, StreamConfig>();

  private constructor(servers: readonly RealServer[]) {
    this.servers = servers;
  }

  /** Undefined when NATS is not installed. */
  static async start(count: number): Promise<RealCluster | undefined> {
    const alone = count === 1 ? await startServer('nats') : undefined;
    const servers = count === 1 ? alone && [alone] : await startNatsCluster(count);
    return servers === undefined ? undefined : new RealCluster(servers);
  }

  /** The names of the streams that were made, in order. */
  get streamNames(): readonly string[] {
    return [...this.#configs.keys()];
  }

  /** The server of a name in the descriptions of streams. */
  server(name: string | undefined): RealServer {
    const server = this.servers[Number(name?.replace('millrace-', '')) - 1];
    if (server === undefined) throw new Error(`the cluster has no server ${name}`);
    return server;
  }

  /** A connection to the servers, or to those with these ports. */
  async link(ports: readonly number[] = this.servers.map(({ port }) => port)): Promise<NatsLink> {
    const { clock, random } = this;
    const options = {
      servers: ports.map((port) => `127.0.0.1:${port}`),
      clientName: 'test',
      inboxPrefix: '_INBOX',
      connectTimeoutMs: 20_000,
    };
    const log: Logger = this.log;
    const deps = { clock, random, storage: new MemoryStorage({ clock }), log, options };
    const link = await new ClientLinks(deps).open('control');
    this.#links.push(link);
    return link;
  }

  async api(): Promise<StreamApi> {
    return new StreamApi(await this.link(), 5_000);
  }

  /** Makes the stream of a log, like META under another name. */
  async createStream(change: Partial<StreamConfig> = {}): Promise<string> {
    const name = `ML_${this.random.id(12)}`;
    const meta = streamConfig('test', 'META', { replicas: this.servers.length });
    // Servers set max_bytes of a stream aside, and those of tests have little room.
    const planned = { ...meta, name, subjects: [`ml.${name}`], max_bytes: 32 * MIB, ...change };
    const api = await this.api();
    // A young cluster refuses streams for some seconds.
    for (let tries = 1; ; tries += 1) {
      try {
        await api.create(planned);
        break;
      } catch (error) {
        if (tries === CREATE_TRIES) throw error;
        await this.clock.sleepFor(250);
      }
    }
    this.#configs.set(planned.name, planned);
    return planned.name;
  }

  /** A process. `open`: opens its connection. The names of its logs are the names of streams. */
  process(open: () => Promise<NatsLink> = () => this.link()): NatsLogFactory {
    const { clock, random, log } = this;
    const plan = (name: string): StreamConfig => {
      const config = this.#configs.get(name);
      if (config === undefined) throw new Error(`the cluster has no stream ${name}`);
      return config;
    };
    const links = new SharedLinks({ open }, async () => undefined);
    return new NatsLogFactory({ links, clock, random, log, inboxPrefix: '_INBOX', plan });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
    for (const server of this.servers) await server.stop();
  }
}
