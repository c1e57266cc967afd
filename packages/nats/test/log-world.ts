// Logs over the fake servers: a factory is a process, and several processes open one log.
import { ManualClock, SeededRandom } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { FakeJetStream, type FakeJetStreamOptions, type FakeLink, FakeNats } from '../src/fake/index.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { NatsLogFactory } from '../src/log/nats-log-factory.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { StreamApi } from '../src/streams/stream-api.ts';
import type { StreamConfig } from '../src/streams/stream-shapes.ts';

/** Settings of a world. */
export interface LogWorldOptions {
  /** 1 or 3. Default 3. */
  readonly servers?: number;
  readonly seed?: number;
  readonly latencyMs?: () => number;
  readonly streams?: FakeJetStreamOptions;
}

/** The stream of a log of tests: META under another name. */
export function logConfig(name: string, replicas: number): StreamConfig {
  const meta = streamConfig('test', 'META', { replicas });
  return { ...meta, name: `ML_test_${name}`, subjects: [`ml.test.${name}`] };
}

/** Servers, and processes with logs. */
export class LogWorld {
  readonly clock = new ManualClock(1_000_000);
  readonly random: SeededRandom;
  readonly log = new RecordingLogger();
  readonly nats: FakeNats;
  readonly streams: FakeJetStream;
  readonly replicas: number;

  constructor({ servers = 3, seed = 1, latencyMs, streams }: LogWorldOptions = {}) {
    const { clock, log } = this;
    this.replicas = servers;
    this.random = new SeededRandom(seed);
    const latency = latencyMs === undefined ? {} : { latencyMs };
    this.nats = new FakeNats({ clock, random: this.random, log, servers, ...latency });
    this.streams = new FakeJetStream(this.nats, streams);
  }

  /** Makes the stream of a log. */
  async createStream(name = 'log', change: Partial<StreamConfig> = {}): Promise<string> {
    const link = this.nats.connect();
    const planned = { ...logConfig(name, this.replicas), ...change };
    const { config } = await this.until(new StreamApi(link, 1_000).create(planned));
    await this.until(link.close());
    return config.name;
  }

  /** A process with a connection of its own. */
  process(link: FakeLink = this.nats.connect()): NatsLogFactory {
    const { clock, random, log } = this;
    return new NatsLogFactory({
      links: new SharedLinks({ open: async () => link }, async () => undefined),
      clock,
      random,
      log,
      inboxPrefix: '_INBOX',
      plan: (name) => logConfig(name, this.replicas),
    });
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
