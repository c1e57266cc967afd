// A receiver on a free port, with a recording context in place of the engine, and a client. Every wait is for an event.
import { once } from 'node:events';
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import type { ConfiguredReceiver, ManualClock, Receiver } from '@millrace/core';
import { RecordingReceiverContext, type RecordingReceiverContextOptions, settle } from '@millrace/testing';

/** A context that signals every call of the receiver. */
class WatchedContext extends RecordingReceiverContext {
  onCall: () => void = () => undefined;

  override store(record: unknown, ack?: unknown): boolean {
    const isWelcome = super.store(record, ack);
    this.onCall();
    return isWelcome;
  }

  override storeText(lines: Uint8Array, lineCount: number, ack?: unknown): boolean {
    const isWelcome = super.storeText(lines, lineCount, ack);
    this.onCall();
    return isWelcome;
  }

  override reportError(message: string, error?: unknown): void {
    super.reportError(message, error);
    this.onCall();
  }
}

/** An answer, with its body parsed. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** The request of a test; by default a POST to `/` with a body of JSON. */
export interface Sending {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly agent?: Agent;
}

/** One receiver from start to end. */
export class RunningReceiver {
  readonly context: WatchedContext;
  readonly receiver: Receiver<unknown>;
  readonly #agents: Agent[] = [];

  private constructor(configured: ConfiguredReceiver<unknown>, options: RecordingReceiverContextOptions) {
    this.context = new WatchedContext(options);
    this.receiver = configured.create();
  }

  static async start(
    configured: ConfiguredReceiver<unknown>,
    options: RecordingReceiverContextOptions = {},
  ): Promise<RunningReceiver> {
    const running = new RunningReceiver(configured, options);
    await running.context.start(running.receiver);
    return running;
  }

  get clock(): ManualClock {
    return this.context.clock as ManualClock;
  }

  /** The receiver's address, from its log. */
  get port(): number {
    const line = this.context.log.lines.find(({ message }) => message === 'http receiver listening');
    return Number(line?.fields['port']);
  }

  /** A client with one kept connection. */
  agent(): Agent {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.#agents.push(agent);
    return agent;
  }

  /** Opens a request whose body the test sends. */
  open({ method = 'POST', path = '/', headers = {}, agent }: Sending = {}): ClientRequest {
    const request = httpRequest({
      host: '127.0.0.1',
      port: this.port,
      method,
      path,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(agent === undefined ? { agent: false } : { agent }),
    });
    // A test that breaks a connection does not wait for the answer.
    request.on('error', () => undefined);
    return request;
  }

  /** Sends a complete body and waits for the answer. */
  async post(body: unknown, sending: Sending = {}): Promise<Answered> {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const request = this.open({
      ...sending,
      headers: { 'Content-Length': Buffer.byteLength(bytes), ...sending.headers },
    });
    request.end(bytes);
    return await answerTo(request);
  }

  async get(path: string, method = 'GET'): Promise<Answered> {
    const request = this.open({ method, path });
    request.end();
    return await answerTo(request);
  }

  /** Resolves when this number of `store` and `storeText` calls wait for their acknowledgement. */
  unacknowledged(count: number): Promise<void> {
    return this.until(() => this.context.unacknowledged.length >= count);
  }

  /** Resolves when the condition holds, checked at every call of the context. */
  async until(holds: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (holds()) resolve();
    };
    this.context.onCall = look;
    look();
    await promise;
    await settle();
  }

  /** Resolves when the receiver has set this number of timers: one for each turn to store, one for each answer. */
  async timers(count: number): Promise<void> {
    while (this.clock.pendingTimers < count) await settle();
  }

  /** Acknowledges all stored records, now and from now on. */
  acknowledgeAll(): void {
    this.context.onCall = () => void this.context.acknowledge(this.receiver);
    this.context.onCall();
  }

  acknowledge(count?: number): Promise<void> {
    return this.context.acknowledge(this.receiver, count);
  }

  /** Aborts the signal and stops, as the engine does; acknowledgements may follow until `closed`. */
  async stop(): Promise<void> {
    this.context.abort();
    await this.receiver.stop({ kind: 'stopped', message: 'by the test' });
  }

  async closed(): Promise<void> {
    await this.receiver.closed?.();
  }

  async end(): Promise<void> {
    if (!this.context.signal.aborted) await this.stop();
    await this.closed();
    for (const agent of this.#agents) agent.destroy();
  }
}

/** The answer to a sent request. */
export async function answerTo(request: ClientRequest): Promise<Answered> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}
