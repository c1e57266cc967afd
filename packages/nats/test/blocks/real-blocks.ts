// Blocks over a cluster of real servers on loopback. Each process has a connection of its own.
import { type BlockStore, MemoryBlockStore, MsgpackCodec } from '@millrace/core';
import { BlockConnection } from '../../src/blocks/block-connection.ts';
import { blockStreamConfigs } from '../../src/blocks/block-streams.ts';
import { NatsBlockHandler } from '../../src/blocks/nats-block-handler.ts';
import { StreamApi } from '../../src/streams/stream-api.ts';
import type { StreamConfig } from '../../src/streams/stream-shapes.ts';
import { untilAnswered } from '../../src/streams/until-answered.ts';
import type { RealCluster } from '../real-cluster.ts';

/** An executor. */
export interface RealBlockProcess {
  readonly handler: NatsBlockHandler;
  readonly blockStore: BlockStore;
  readonly connection: BlockConnection;
}

/** The streams of blocks of one application. */
export class RealBlocks {
  readonly configs: readonly StreamConfig[];
  readonly api: StreamApi;
  readonly #cluster: RealCluster;

  private constructor(cluster: RealCluster, api: StreamApi, configs: readonly StreamConfig[]) {
    this.#cluster = cluster;
    this.api = api;
    this.configs = configs;
  }

  /** Makes the streams, small ones: servers reserve the room. `change`: settings that differ from the plan. */
  static async create(cluster: RealCluster, change: Partial<StreamConfig> = {}): Promise<RealBlocks> {
    const { clock, random, servers } = cluster;
    const replicas = servers.length;
    const configs = blockStreamConfigs(random.id(12), { replicas }).map((config) => ({
      ...config,
      max_bytes: 32 * 2 ** 20,
      ...change,
    }));
    const api = new StreamApi(await cluster.link(), 5_000);
    for (const config of configs) await created(() => api.create(config), clock);
    return new RealBlocks(cluster, api, configs);
  }

  /** An executor, open. */
  async process(): Promise<RealBlockProcess> {
    const { clock, random, log } = this.#cluster;
    const connection = new BlockConnection({
      links: { open: () => this.#cluster.link() },
      clock,
      random,
      log,
      streams: this.configs,
      window: { messages: 16, bytes: 8 * 2 ** 20 },
      readTimeoutMs: 15_000,
    });
    const blockStore = new MemoryBlockStore();
    const codec = new MsgpackCodec();
    const handler = new NatsBlockHandler({ connection, blockStore, codec, log, stallMs: 10_000 });
    await handler.open();
    return { handler, blockStore, connection };
  }

  /** The messages of all streams. */
  async messages(): Promise<number> {
    let messages = 0;
    for (const { name } of this.configs) messages += (await this.api.info(name))?.state.messages ?? 0;
    return messages;
  }
}

/** A young cluster refuses streams for some seconds. */
async function created(create: () => Promise<unknown>, clock: RealCluster['clock']): Promise<void> {
  for (;;) {
    try {
      await untilAnswered(create, { clock });
      return;
    } catch {
      await clock.sleepFor(250);
    }
  }
}
