// JetStream of the fake servers: the API in the JSON of the protocol, and the subjects of streams. With three servers, a stream of
// three replicas has elections, lagging replicas and leaders that are cut off.
import { blockStreamConfigs } from '../../blocks/block-streams.ts';
import { isMatch } from '../../link/subjects.ts';
import { streamConfig } from '../../servers/stream-plan.ts';
import type { StreamConfig } from '../../streams/stream-shapes.ts';
import type { FakeMessage } from '../fake-message.ts';
import type { FakeNats, FakeService } from '../fake-nats.ts';
import { FakeConsumer, type PullRequest } from './fake-consumer.ts';
import { FakeStream } from './fake-stream.ts';

/** Settings of the fake. */
export interface FakeJetStreamOptions {
  /** The time of an election, in ms. Default: 4,000 to 9,000, by the random source. */
  readonly electionMs?: () => number;
  /** The time by which a replica that does not lead is behind, in ms. Default 0. */
  readonly lagMs?: () => number;
  /** Called for each acknowledgement of an append; true: the acknowledgement is lost. */
  readonly losesAck?: (subject: string) => boolean;
  /** Called for each acknowledgement; true: the acknowledgement says sequence 0, which tells nothing about the outcome. */
  readonly zeroesAck?: (subject: string) => boolean;
  /** The time from the arrival of a purge to its effect, in ms. Default 0. */
  readonly purgeMs?: () => number;
  /** The settings of a stream that a server repeats; for servers that do not know some. Default: all. */
  readonly echo?: (config: StreamConfig) => StreamConfig;
}

const API = '$JS.API.';
const NEXT = `${API}CONSUMER.MSG.NEXT.`;
const NANOS = 1_000_000;
/** The default of the servers: five seconds. */
const INACTIVE_NANOS = 5_000 * NANOS;
const ELECTION = { leastMs: 4_000, spanMs: 5_000 };

type Handler = (name: string, message: FakeMessage, server: string) => object | undefined;

/** JetStream in memory. */
export class FakeJetStream implements FakeService {
  readonly #nats: FakeNats;
  readonly #options: FakeJetStreamOptions;
  readonly #streams = new Map<string, FakeStream>();
  readonly #consumers = new Map<string, FakeConsumer>();
  #made = 0;
  /** Requests without a leader. */
  #unled = 0;

  constructor(nats: FakeNats, options: FakeJetStreamOptions = {}) {
    this.#nats = nats;
    this.#options = options;
    nats.serve(this);
  }

  /** Makes the streams of an application at once, with the settings of `millrace-nats init`. */
  createFor(app: string, { replicas }: { readonly replicas: number }): void {
    const configs = (['META', 'CTL', 'CKPT'] as const).map((purpose) =>
      streamConfig(app, purpose, { replicas }),
    );
    for (const config of [...configs, ...blockStreamConfigs(app, { replicas })])
      this.#create(config.name, config);
  }

  /** A stream that exists. @throws Error without one. */
  stream(name: string): FakeStream {
    const stream = this.#streams.get(name);
    if (stream === undefined) throw new Error(`the fake has no stream ${name}`);
    return stream;
  }

  /** The number of consumers that were ever made. */
  get consumersMade(): number {
    return this.#made;
  }

  /** The number of consumers that exist. */
  get consumers(): number {
    return this.#consumers.size;
  }

  /** Removes a stream with its consumers. */
  remove(name: string): void {
    this.#streams.delete(name);
    for (const [key, consumer] of this.#consumers) if (key.startsWith(`${name}.`)) consumer.end();
  }

  takes(subject: string, server: string): boolean {
    if (subject.startsWith(NEXT)) return this.#consumers.has(subject.slice(NEXT.length));
    if (subject.startsWith(API)) return true;
    const found = this.#streamOf(subject);
    return found?.leaderFor(server) !== undefined;
  }

  take(message: FakeMessage, server: string): void {
    if (!message.subject.startsWith(API)) return this.#append(message, server);
    const operation = message.subject.slice(API.length);
    for (const [prefix, handle] of Object.entries(this.#api)) {
      if (!operation.startsWith(prefix)) continue;
      const answer = handle(operation.slice(prefix.length), message, server);
      if (answer !== undefined) this.#answer(server, message, answer);
      return;
    }
  }

  changed(): void {
    for (const stream of this.#streams.values()) stream.changed();
    for (const [key, consumer] of this.#consumers) {
      if (this.#nats.isUp(consumer.server)) continue;
      consumer.end();
      this.#consumers.delete(key);
    }
  }

  readonly #api: Readonly<Record<string, Handler>> = {
    'STREAM.CREATE.': (name, { data }) => this.#create(name, json(data) as StreamConfig),
    'STREAM.INFO.': (name, { data }, server) =>
      this.#withLeader(name, server, (stream, by) => {
        const info = stream.info(by);
        const { subjects_filter } = json(data) as { subjects_filter?: string };
        if (subjects_filter === undefined) return info;
        const found = [...(stream.replica(by)?.lastOf.keys() ?? [])];
        const matching = found.filter((subject) => isMatch(subjects_filter, subject));
        return {
          ...info,
          state: { ...info.state, subjects: Object.fromEntries(matching.map((one) => [one, 1])) },
        };
      }),
    'STREAM.PURGE.': (name, message, server) => {
      const ms = this.#options.purgeMs?.() ?? 0;
      if (ms <= 0) return this.#purge(name, message, server);
      this.#nats.clock.after(ms, () => {
        const answer = this.#purge(name, message, server);
        if (answer !== undefined) this.#answer(server, message, answer);
      });
      return undefined;
    },
    'STREAM.MSG.GET.': (name, { data }, server) =>
      this.#withLeader(name, server, (stream, by) => {
        const { seq, last_by_subj } = json(data) as { seq?: number; last_by_subj?: string };
        const replica = stream.replica(by);
        const sequence = seq ?? replica?.lastOf.get(last_by_subj ?? '');
        const found = sequence === undefined ? undefined : replica?.messages.get(sequence);
        if (found === undefined) return apiError(404, 10037, 'no message found');
        const block = Object.entries(found.headers).map(([key, value]) => `${key}: ${value}\r\n`);
        const hdrs = Buffer.from(`NATS/1.0\r\n${block.join('')}\r\n`).toString('base64');
        const text = Buffer.from(found.data).toString('base64');
        return { message: { subject: found.subject, seq: found.sequence, data: text, hdrs } };
      }),
    'STREAM.LEADER.STEPDOWN.': (name, { data }, server) =>
      this.#withLeader(name, server, (stream) => {
        const { placement } = json(data) as { placement?: { preferred?: string } };
        const isDone = stream.elect(placement?.preferred ?? '');
        return isDone ? { success: true } : apiError(400, 10123, 'preferred server is not a replica');
      }),
    'DIRECT.GET.': (name, message, server) => this.#direct(name, message, server),
    'CONSUMER.CREATE.': (name, { data }, server) =>
      this.#consume(name, json(data) as ConsumerRequest, server),
    'CONSUMER.DELETE.': (key) => {
      this.#consumers.get(key)?.end();
      this.#consumers.delete(key);
      return { success: true };
    },
    'CONSUMER.MSG.NEXT.': (key, { data, reply }) => {
      if (reply !== undefined) this.#consumers.get(key)?.pull(reply, json(data) as PullRequest);
      return undefined;
    },
  };

  #create(name: string, asked: StreamConfig): object {
    const known = this.#streams.get(name);
    if (known !== undefined && JSON.stringify(known.config) !== JSON.stringify(asked))
      return apiError(400, 10058, 'stream name already in use with a different configuration');
    const { electionMs, lagMs = () => 0, echo = (config) => config } = this.#options;
    if (known === undefined) {
      const { random, servers } = this.#nats;
      const first = this.#streams.size % servers.length;
      const ordered = [...servers.slice(first), ...servers.slice(0, first)];
      const stream = new FakeStream(this.#nats, {
        config: echo(asked),
        servers: ordered.slice(0, asked.num_replicas),
        electionMs: electionMs ?? (() => ELECTION.leastMs + random.next() * ELECTION.spanMs),
        lagMs,
      });
      this.#streams.set(name, stream);
    }
    const stream = this.stream(name);
    return stream.info(stream.servers[0] ?? '');
  }

  #purge(name: string, { data }: FakeMessage, server: string): object | undefined {
    return this.#withLeader(name, server, (stream, by) => {
      const { seq, filter } = json(data) as { seq?: number; filter?: string };
      const range = { ...(seq && { below: seq }), ...(filter && { subject: filter }) };
      return stream.purge(by, range) ? { success: true } : undefined;
    });
  }

  #append({ subject, data, headers = {}, reply }: FakeMessage, server: string): void {
    const stream = this.#streamOf(subject);
    const leader = stream?.leaderFor(server);
    if (stream === undefined || leader === undefined) return;
    const answer = (decision: object): void => {
      const isZero = this.#options.zeroesAck?.(subject) === true;
      const body = isZero ? { stream: stream.config.name, seq: 0 } : decision;
      const isLost = reply === undefined || this.#options.losesAck?.(subject) === true;
      if (!isLost) this.#nats.arrive(leader, { subject: reply, data: Buffer.from(JSON.stringify(body)) });
    };
    stream.append(leader, { subject, data, headers, answer });
  }

  /** Without a leader a server says so, or says nothing: undefined, and so no answer. Here one after the other. */
  #withLeader(
    name: string,
    server: string,
    ask: (stream: FakeStream, leader: string) => object | undefined,
  ): object | undefined {
    const stream = this.#streams.get(name);
    if (stream === undefined) return apiError(404, 10059, 'stream not found');
    const leader = stream.leaderFor(server);
    if (leader !== undefined) return ask(stream, leader);
    this.#unled += 1;
    return this.#unled % 2 === 0
      ? undefined
      : apiError(503, 10008, 'JetStream system temporarily unavailable');
  }

  /** Any reachable replica answers, the one of the sender's server first. */
  #direct(name: string, { data, reply }: FakeMessage, server: string): undefined {
    const stream = this.#streams.get(name);
    if (stream === undefined || reply === undefined || !stream.config.allow_direct) return undefined;
    const near = [server, ...stream.servers].find(
      (one) => stream.replica(one) !== undefined && this.#nats.reaches(server, one),
    );
    if (near === undefined) return undefined;
    const { seq = 0 } = json(data) as { seq?: number };
    const found = stream.replica(near)?.messages.get(seq);
    const nothing = { subject: reply, data: new Uint8Array(0), status: 404 };
    const headers = { ...found?.headers, 'Nats-Subject': found?.subject ?? '', 'Nats-Sequence': String(seq) };
    this.#nats.arrive(near, found === undefined ? nothing : { subject: reply, data: found.data, headers });
    return undefined;
  }

  #consume(name: string, { config }: ConsumerRequest, server: string): object | undefined {
    return this.#withLeader(name, server, (stream, leader) => {
      this.#made += 1;
      const consumer = `c${this.#made}`;
      // Not always at the leader: a consumer may read a replica that lags behind.
      const able = stream.servers.filter((one) => this.#nats.reaches(leader, one));
      const at = able[this.#made % able.length] ?? leader;
      const key = `${name}.${consumer}`;
      const { opt_start_seq = 1, inactive_threshold = INACTIVE_NANOS } = config;
      const made = new FakeConsumer(this.#nats, {
        name: consumer,
        server: at,
        stream,
        from: opt_start_seq,
        inactiveMs: inactive_threshold / NANOS,
        onRemoved: () => void this.#consumers.delete(key),
      });
      this.#consumers.set(key, made);
      return { name: consumer, stream_name: name };
    });
  }

  #streamOf(subject: string): FakeStream | undefined {
    for (const stream of this.#streams.values()) if (stream.takes(subject)) return stream;
    return undefined;
  }

  #answer(server: string, { reply }: FakeMessage, body: object): void {
    if (reply !== undefined)
      this.#nats.arrive(server, { subject: reply, data: Buffer.from(JSON.stringify(body)) });
  }
}

interface ConsumerRequest {
  readonly config: { readonly opt_start_seq?: number; readonly inactive_threshold?: number };
}

function json(data: Uint8Array): unknown {
  return data.byteLength === 0 ? {} : JSON.parse(Buffer.from(data).toString());
}

function apiError(code: number, err_code: number, description: string): object {
  return { error: { code, err_code, description } };
}
