// The servers of a simulated cluster, with the streams of the application, over the fake of `@millrace/nats`.
import type { Clock, RandomSource } from '@millrace/core';
import { FakeJetStream, FakeNats, type FakeStream } from '@millrace/nats/testing';
import type { ClusterCounts } from './cluster-counts.ts';
import type { ClusterPlan, ServerChoice } from './cluster-plan.ts';
import { APP } from './cluster-engine.ts';

/** The parts of the world that the servers need. */
export interface ClusterServersDeps {
  readonly plan: ClusterPlan;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly counts: ClusterCounts;
  readonly isFaulty: () => boolean;
}

/** See the header of this file. */
export class ClusterServers {
  readonly nats: FakeNats;
  readonly streams: FakeJetStream;
  readonly #deps: ClusterServersDeps;

  constructor(deps: ClusterServersDeps) {
    const { plan, clock, random } = deps;
    const { messages, electionMs, latencyMs } = plan;
    const [leastMs, mostMs] = electionMs;
    this.#deps = deps;
    this.nats = new FakeNats({
      clock,
      random,
      servers: plan.servers,
      latencyMs: () => 1 + random.integer(latencyMs),
    });
    this.streams = new FakeJetStream(this.nats, {
      electionMs: () => leastMs + random.integer(mostMs - leastMs + 1),
      lagMs: () => this.#upTo('lagging-replica', messages.lagMs),
      purgeMs: () => this.#upTo('slow-purge', messages.purgeMs),
      losesAck: () => this.#happens('lost-acknowledgement', messages.lostAcknowledgement),
      zeroesAck: () => this.#happens('zero-acknowledgement', messages.zeroAcknowledgement),
    });
    this.streams.createFor(APP, { replicas: plan.servers });
  }

  /** A stream by its purpose: `META`, `CTL`, `CKPT`, `BLK_0` and so on. */
  stream(purpose: string): FakeStream {
    return this.streams.stream(`ML_${APP}_${purpose}`);
  }

  /** The sequences at which terms of the lease began. */
  get terms(): readonly number[] {
    const { history } = this.stream('CTL');
    const records = history.filter(({ subject }) => subject === `ml.${APP}.ctl.lease`);
    const texts = records.map(
      ({ data }) => (JSON.parse(Buffer.from(data).toString()) as { term: string }).term,
    );
    return records.flatMap(({ sequence }, index) => (texts[index] === texts[index - 1] ? [] : [sequence]));
  }

  /** The messages of a stream, as its newest replica has them. */
  messagesOf(purpose: string): number {
    const stream = this.stream(purpose);
    return Math.min(...stream.servers.map((server) => stream.replica(server)?.messages.size ?? 0));
  }

  /** The name of a server, of those that this cluster has. */
  named(choice: ServerChoice): string {
    const name =
      choice === 'leader-of-log'
        ? this.#leaderOf('META')
        : choice === 'leader-of-lease'
          ? this.#leaderOf('CTL')
          : choice;
    return this.nats.servers.includes(name) ? name : 'n1';
  }

  #leaderOf(purpose: string): string {
    const stream = this.stream(purpose);
    const seen = this.nats.servers.map((server) => stream.leaderFor(server));
    return seen.find((leader) => leader !== undefined) ?? 'n1';
  }

  #upTo(kind: 'lagging-replica' | 'slow-purge', mostMs = 0): number {
    const { random, counts, isFaulty } = this.#deps;
    if (mostMs === 0 || !isFaulty()) return 0;
    counts.fault(kind);
    return random.integer(mostMs + 1);
  }

  #happens(kind: 'lost-acknowledgement' | 'zero-acknowledgement', chance = 0): boolean {
    const { random, counts, isFaulty } = this.#deps;
    if (chance === 0 || !isFaulty() || random.next() >= chance) return false;
    counts.fault(kind);
    return true;
  }
}
