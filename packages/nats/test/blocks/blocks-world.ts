// Executors and drivers with blocks on NATS servers in memory. Each handler is a process with a connection of its own.
import {
  type BlockId,
  type BlockStore,
  ManualClock,
  MemoryBlockStore,
  MsgpackCodec,
  SeededRandom,
} from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { BlockConnection } from '../../src/blocks/block-connection.ts';
import { blockStreamConfigs } from '../../src/blocks/block-streams.ts';
import { NatsBlockHandler } from '../../src/blocks/nats-block-handler.ts';
import { NatsBlockKeeper } from '../../src/blocks/nats-block-keeper.ts';
import {
  FakeJetStream,
  type FakeJetStreamOptions,
  type FakeLink,
  FakeNats,
  type FakeStream,
} from '../../src/fake/index.ts';
import { StreamApi } from '../../src/streams/stream-api.ts';
import type { StreamConfig } from '../../src/streams/stream-shapes.ts';

/** Settings of a world. */
export interface BlocksWorldOptions {
  /** 1 or 3. Default 3. */
  readonly servers?: number;
  readonly seed?: number;
  readonly latencyMs?: () => number;
  readonly streams?: FakeJetStreamOptions;
  /** The number of streams. Default: all. */
  readonly count?: number;
  /** Settings of the streams that differ from the plan. */
  readonly change?: Partial<StreamConfig>;
  /** The window of each process. Default: 16 messages, 8 MiB. */
  readonly window?: { readonly messages: number; readonly bytes: number };
}

/** An executor. */
export interface BlockProcess {
  readonly handler: NatsBlockHandler;
  readonly blockStore: BlockStore;
  readonly link: FakeLink;
  readonly connection: BlockConnection;
}

/** The time limit for registering a block. */
export const GRACE_MS = 60_000;

/** See the header of this file. */
export class BlocksWorld {
  readonly clock = new ManualClock(1_000_000);
  readonly random: SeededRandom;
  readonly log = new RecordingLogger();
  readonly nats: FakeNats;
  readonly streams: FakeJetStream;
  readonly configs: readonly StreamConfig[];
  readonly #options: BlocksWorldOptions;
  #keepers: NatsBlockKeeper[] = [];

  constructor(options: BlocksWorldOptions = {}) {
    const { servers = 3, seed = 1, latencyMs, streams } = options;
    const { clock, log } = this;
    this.#options = options;
    this.random = new SeededRandom(seed);
    const latency = latencyMs === undefined ? {} : { latencyMs };
    this.nats = new FakeNats({ clock, random: this.random, log, servers, ...latency });
    this.streams = new FakeJetStream(this.nats, streams);
    this.configs = blockStreamConfigs('test', { replicas: servers }).slice(0, options.count);
  }

  /** A world with its streams. */
  static async create(options: BlocksWorldOptions = {}): Promise<BlocksWorld> {
    const world = new BlocksWorld(options);
    await world.createStreams();
    return world;
  }

  /** Makes the streams of blocks. */
  async createStreams(): Promise<void> {
    const link = this.nats.connect();
    const api = new StreamApi(link, 1_000);
    for (const config of this.configs) await this.until(api.create({ ...config, ...this.#options.change }));
    await this.until(link.close());
  }

  /** The messages of all streams, each as its stream and its sequence. */
  sequences(): readonly string[] {
    return this.all.flatMap((stream) => {
      const replica = stream.replica(stream.servers[0] ?? '');
      return [...(replica?.messages.keys() ?? [])].map((sequence) => `${stream.config.name} ${sequence}`);
    });
  }

  /** The number of messages that were removed from all streams. */
  removed(): number {
    return this.all.reduce(
      (sum, stream) => sum + stream.info(stream.servers[0] ?? '').state.first_seq - 1,
      0,
    );
  }

  /** The streams of blocks. */
  get all(): readonly FakeStream[] {
    return this.configs.map(({ name }) => this.streams.stream(name));
  }

  /** The number of messages in all streams. */
  get messages(): number {
    return this.all.reduce((sum, stream) => sum + stream.info(stream.servers[0] ?? '').state.messages, 0);
  }

  /** An executor, open. `server`: the server that it connects to. */
  async process(server?: string): Promise<BlockProcess> {
    const { clock, random, log, configs } = this;
    const link = this.nats.connect(server === undefined ? {} : { server });
    const connection = new BlockConnection({
      links: { open: async () => link },
      clock,
      random,
      log,
      streams: configs,
      window: this.#options.window ?? { messages: 16, bytes: 8 * 2 ** 20 },
      readTimeoutMs: 15_000,
    });
    const blockStore = new MemoryBlockStore();
    const codec = new MsgpackCodec();
    const handler = new NatsBlockHandler({ connection, blockStore, codec, log, stallMs: 10_000 });
    await this.until(handler.open());
    return { handler, blockStore, link, connection };
  }

  /** Removes the messages before a sequence from every stream. */
  async purge(below: number): Promise<void> {
    const api = new StreamApi(this.nats.connect(), 1_000);
    for (const { name } of this.configs) await api.purge(name, { below });
  }

  /** The keeper of a driver. */
  async keeper(): Promise<NatsBlockKeeper> {
    const { clock, log, configs } = this;
    const { connection } = await this.process();
    const streams = configs.map(({ name }) => name);
    const keeper = new NatsBlockKeeper({ connection, clock, log, streams, registrationGraceMs: GRACE_MS });
    this.#keepers.push(keeper);
    return keeper;
  }

  /** Lets time pass until the keepers have done what they can. */
  async settled(): Promise<void> {
    await this.until(Promise.all(this.#keepers.map((keeper) => keeper.settled())));
  }

  /** Lets time pass until a promise is settled. */
  async until<Value>(promise: Promise<Value>, mostMs = 120_000): Promise<Value> {
    let isSettled = false;
    const settled = () => (isSettled = true);
    promise.then(settled, settled);
    for (let ms = 0; ms < mostMs; ms += 50) {
      await this.clock.advance(0);
      if (isSettled) return promise;
      await this.clock.advance(50);
    }
    throw new Error('the promise is not settled');
  }
}

/** An id of a block. */
export function blockId(n: number): BlockId {
  return `input-0-a-${n}`;
}
