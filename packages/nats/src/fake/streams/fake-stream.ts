// One stream of the fake: its replicas, its leader, and the decisions about appended messages. A leader without a quorum still
// believes that it leads: it answers reads with an old state, and keeps appends until the quorum is back, or until the servers of
// a quorum have elected another leader.
import type { Clock } from '@millrace/core';
import type { NatsHeaders } from '../../link/nats-link.ts';
import { matcherOf } from '../../link/subjects.ts';
import type { StoredMessage, StreamConfig, StreamInfo } from '../../streams/stream-shapes.ts';
import { type FakeOperation, FakeReplica } from './fake-replica.ts';

/** The servers, as a stream sees them. */
export interface FakeServers {
  readonly clock: Clock;
  isUp(server: string): boolean;
  reaches(one: string, other: string): boolean;
}

/** Settings of a stream. */
export interface FakeStreamOptions {
  readonly config: StreamConfig;
  /** The servers with a replica, preferred leader first. */
  readonly servers: readonly string[];
  /** The time of an election, in ms. */
  readonly electionMs: () => number;
  /** The time by which a replica that does not lead is behind, in ms. */
  readonly lagMs: () => number;
}

/** An attempt to append a message. */
export interface FakeAppend {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: NatsHeaders;
  /** Sends the answer, in the JSON of the protocol. */
  readonly answer: (body: object) => void;
}

type FollowerInfo = NonNullable<NonNullable<StreamInfo['cluster']>['replicas']>[number];

const NANOS = 1_000_000;

/** A stream in memory. */
export class FakeStream {
  readonly config: StreamConfig;
  /** True: messages are refused as in a full stream. */
  isFull = false;
  readonly #world: FakeServers;
  readonly #options: FakeStreamOptions;
  readonly #replicas: ReadonlyMap<string, FakeReplica>;
  readonly #operations: FakeOperation[] = [];
  readonly #ids = new Map<string, { readonly sequence: number; readonly atMs: number }>();
  /** Called when a replica has applied operations. */
  readonly #listeners = new Set<() => void>();
  readonly #subjects: readonly ((subject: string) => boolean)[];
  #leader: string | undefined;
  /** Servers that led before, and do not know that another one leads. */
  readonly #deposed = new Set<string>();
  /** Counts elections: a timer of an earlier one means nothing. */
  #election = 0;
  /** Appends at a leader without a quorum, or held by the test. */
  #waiting: FakeAppend[] = [];
  #isHeld = false;
  #last = 0;

  constructor(world: FakeServers, options: FakeStreamOptions) {
    this.config = options.config;
    this.#subjects = options.config.subjects.map(matcherOf);
    this.#world = world;
    this.#options = options;
    this.#replicas = new Map(options.servers.map((server) => [server, new FakeReplica()]));
    this.#leader = options.servers.find((server) => world.isUp(server));
  }

  /** The leader in the eyes of a server: the real one, else one that was deposed and is reachable. */
  leaderFor(server: string): string | undefined {
    const isSeen = (name: string | undefined): name is string =>
      name !== undefined && this.#world.reaches(server, name);
    return isSeen(this.#leader) ? this.#leader : [...this.#deposed].find(isSeen);
  }

  /** True for a subject of the stream. */
  takes(subject: string): boolean {
    return this.#subjects.some((matches) => matches(subject));
  }

  /** The replica of a server. */
  replica(server: string): FakeReplica | undefined {
    return this.#replicas.get(server);
  }

  /** The servers with a replica. */
  get servers(): readonly string[] {
    return this.#options.servers;
  }

  /** Every message that a quorum has ever accepted, in order, those that were removed included. */
  get history(): readonly StoredMessage[] {
    return this.#operations.flatMap((operation) => (operation.kind === 'store' ? [operation.message] : []));
  }

  /** The description that a leader gives. */
  info(leader: string): StreamInfo {
    const replica = this.#replicas.get(leader) ?? new FakeReplica();
    const { first, last, bytes, messages } = replica;
    const others = this.servers.filter((name) => name !== leader);
    return {
      config: this.config,
      state: { messages: messages.size, bytes, first_seq: first, last_seq: last },
      cluster: {
        name: 'fake',
        leader,
        replicas: others.map((name) => this.#followerInfo(name, leader)),
      },
    };
  }

  #followerInfo(name: string, leader: string): FollowerInfo {
    const lag = this.#appliedBy(leader) - this.#appliedBy(name);
    return {
      name,
      current: lag <= 0 && this.#world.reaches(leader, name),
      ...(this.#world.isUp(name) ? {} : { offline: true }),
      ...(lag > 0 ? { lag } : {}),
    };
  }

  /** Calls back when a replica has new operations. The returned function ends this. */
  onApplied(tell: () => void): () => void {
    this.#listeners.add(tell);
    return () => {
      this.#listeners.delete(tell);
    };
  }

  /** Appends at a leader. */
  append(leader: string, append: FakeAppend): void {
    if (leader !== this.#leader) return;
    if (this.#isHeld || !this.#hasQuorum(leader)) this.#waiting.push(append);
    else this.#decide(leader, append);
  }

  /** Purges at a leader; false when the leader has no quorum. */
  purge(leader: string, range: { readonly below?: number; readonly subject?: string }): boolean {
    if (leader !== this.#leader || !this.#hasQuorum(leader)) return false;
    this.#commit({ kind: 'purge', ...range });
    return true;
  }

  /** Makes another server the leader, at once. False when the server cannot lead. */
  elect(server: string): boolean {
    if (!this.#replicas.has(server) || !this.#hasQuorum(server)) return false;
    if (this.#leader !== undefined && this.#leader !== server && !this.#world.reaches(this.#leader, server))
      this.#deposed.add(this.#leader);
    this.#deposed.delete(server);
    this.#leader = server;
    this.#election += 1;
    this.#waiting = [];
    this.#catchUp();
    return true;
  }

  /** Suspends appends; the returned function goes on with them. */
  hold(): () => void {
    this.#isHeld = true;
    return () => {
      this.#isHeld = false;
      this.#goOn();
    };
  }

  /** Changes a stored message on every replica. */
  damage(sequence: number, change: (data: Buffer) => void): void {
    for (const replica of this.#replicas.values()) {
      const message = replica.messages.get(sequence);
      if (message === undefined) continue;
      const data = Buffer.from(message.data);
      change(data);
      replica.messages.set(sequence, { ...message, data });
    }
  }

  /** Servers came, went, or were cut off each other. */
  changed(): void {
    for (const server of this.#deposed)
      if (
        !this.#world.isUp(server) ||
        (this.#leader !== undefined && this.#world.reaches(this.#leader, server))
      )
        this.#deposed.delete(server);
    this.#catchUp();
    if (this.#leader !== undefined && this.#hasQuorum(this.#leader)) {
      this.#election += 1;
      this.#goOn();
      return;
    }
    if (this.#leader !== undefined && !this.#world.isUp(this.#leader)) {
      this.#leader = undefined;
      this.#waiting = [];
    }
    this.#electLater();
  }

  #electLater(): void {
    this.#election += 1;
    const election = this.#election;
    if (!this.servers.some((server) => this.#hasQuorum(server))) return;
    this.#world.clock.after(this.#options.electionMs(), () => {
      if (election !== this.#election) return;
      const able = this.servers.filter((server) => this.#hasQuorum(server));
      const [best] = able.toSorted((a, b) => this.#appliedBy(b) - this.#appliedBy(a));
      if (best !== undefined) this.elect(best);
    });
  }

  #appliedBy(server: string): number {
    return this.#replicas.get(server)?.applied ?? 0;
  }

  #hasQuorum(server: string): boolean {
    const near = this.servers.filter((name) => this.#world.reaches(server, name));
    return near.length > this.servers.length / 2;
  }

  #goOn(): void {
    const leader = this.#leader;
    if (leader === undefined || this.#isHeld || !this.#hasQuorum(leader)) return;
    for (const append of this.#waiting.splice(0)) this.#decide(leader, append);
  }

  /**
   * Decides about a message. One replica checks the expectation first; several check the message id first, as real servers do.
   */
  #decide(leader: string, { subject, data, headers, answer }: FakeAppend): void {
    const { name, num_replicas, max_msg_size, max_bytes, discard } = this.config;
    const replica = this.#replicas.get(leader) ?? new FakeReplica();
    const known = this.#knownId(headers['Nats-Msg-Id']);
    const duplicate = known === undefined ? undefined : { stream: name, seq: known, duplicate: true };
    if (duplicate !== undefined && num_replicas > 1) return answer(duplicate);
    const expected = headers['Nats-Expected-Last-Sequence'];
    const ofSubject = headers['Nats-Expected-Last-Subject-Sequence'];
    if (expected !== undefined && Number(expected) !== this.#last)
      return answer(refusal(name, 400, 10071, `wrong last sequence: ${this.#last}`));
    if (ofSubject !== undefined && Number(ofSubject) !== (replica.lastOf.get(subject) ?? 0))
      return answer(refusal(name, 400, 10071, `wrong last sequence: ${replica.lastOf.get(subject) ?? 0}`));
    if (duplicate !== undefined) return answer(duplicate);
    if (max_msg_size > 0 && data.byteLength > max_msg_size)
      return answer(refusal(name, 400, 10054, 'message size exceeds maximum allowed'));
    const isOver = discard === 'new' && max_bytes > 0 && replica.bytes + data.byteLength > max_bytes;
    if (this.isFull || isOver) return answer(refusal(name, 503, 10077, 'maximum bytes exceeded'));
    this.#last += 1;
    const id = headers['Nats-Msg-Id'];
    if (id !== undefined) this.#ids.set(id, { sequence: this.#last, atMs: this.#world.clock.monotonicMs() });
    this.#commit({ kind: 'store', message: { subject, sequence: this.#last, data, headers } });
    answer({ stream: name, seq: this.#last });
  }

  #knownId(id: string | undefined): number | undefined {
    const known = id === undefined ? undefined : this.#ids.get(id);
    if (known === undefined) return undefined;
    const age = this.#world.clock.monotonicMs() - known.atMs;
    return age * NANOS <= this.config.duplicate_window ? known.sequence : undefined;
  }

  #commit(operation: FakeOperation): void {
    this.#operations.push(operation);
    this.#catchUp();
  }

  /** Replicas that the leader reaches apply what is committed: the leader at once, the others after their lag. */
  #catchUp(): void {
    const leader = this.#leader;
    if (leader === undefined || !this.#world.isUp(leader)) return;
    const target = this.#operations.length;
    for (const [server, replica] of this.#replicas) {
      if (!this.#world.reaches(leader, server)) continue;
      const lagMs = server === leader ? 0 : this.#options.lagMs();
      if (lagMs <= 0) this.#apply(replica, target);
      else
        this.#world.clock.after(lagMs, () => {
          if (this.#world.isUp(server)) this.#apply(replica, target);
          this.#tell();
        });
    }
    this.#tell();
  }

  #apply(replica: FakeReplica, target: number): void {
    while (replica.applied < target) {
      const operation = this.#operations[replica.applied];
      if (operation === undefined) return;
      replica.apply(operation, this.config);
    }
  }

  #tell(): void {
    for (const tell of this.#listeners) tell();
  }
}

function refusal(stream: string, code: number, err_code: number, description: string): object {
  return { stream, seq: 0, error: { code, err_code, description } };
}
