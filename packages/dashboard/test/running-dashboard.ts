// A dashboard on a free port, on a clock that the test moves, and clients of the server.
import { once } from 'node:events';
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { ManualClock } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { DashboardLife } from '../src/dashboard-life.ts';
import { type DashboardInput, dashboardOptions } from '../src/dashboard.options.ts';
import type { ObservedSource } from '../src/observed-source.ts';

/** An answer in whole. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One event of the live channel. */
export interface HeardEvent {
  readonly name: string;
  readonly id: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into messages of all kinds.
  readonly data: any;
}

/** A dashboard from start to end. */
export class RunningDashboard {
  readonly #life: DashboardLife;

  readonly clock: ManualClock;
  readonly log: RecordingLogger;
  readonly url: string;

  private constructor(life: DashboardLife, clock: ManualClock, log: RecordingLogger, url: string) {
    this.#life = life;
    this.clock = clock;
    this.log = log;
    this.url = url;
  }

  static async start(source: ObservedSource, options: DashboardInput = {}): Promise<RunningDashboard> {
    const clock = new ManualClock(1_000_000);
    const log = new RecordingLogger();
    const life = new DashboardLife({
      clock,
      log,
      source,
      options: dashboardOptions.parse({ port: 0, ...options }),
    });
    return new RunningDashboard(life, clock, log, await life.open());
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  close(): Promise<void> {
    return this.#life.close();
  }

  /** Opens a request. */
  open(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): ClientRequest {
    const request = httpRequest({
      host: '127.0.0.1',
      port: this.port,
      path,
      method,
      headers,
      agent: false,
    });
    // A test that is cut off does not wait for the answer.
    request.on('error', () => undefined);
    return request;
  }

  /** Sends a request and waits for the whole answer. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answered> {
    const request = this.open(path, headers, method);
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let body = '';
    response.setEncoding('utf8');
    for await (const chunk of response) body += String(chunk);
    return { status: response.statusCode ?? 0, headers: response.headers, body };
  }

  /** Listens to the live channel. */
  async listen(headers: Readonly<Record<string, string>> = {}): Promise<LiveClient> {
    const request = this.open('/events', headers);
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return new LiveClient(request, response);
  }
}

/** A client of the live channel. */
export class LiveClient {
  readonly events: HeardEvent[] = [];
  readonly response: IncomingMessage;
  readonly #request: ClientRequest;
  #text = '';
  #comments = 0;
  #isOver = false;
  #onChange: () => void = () => undefined;

  constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request;
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.#take(chunk));
    response.on('error', () => undefined);
    response.on('close', () => {
      this.#isOver = true;
      this.#onChange();
    });
  }

  get comments(): number {
    return this.#comments;
  }

  /** True when the server, or this client, has ended the connection. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Waits until the client has heard enough. */
  async until(isEnough: (client: LiveClient) => boolean): Promise<void> {
    while (!isEnough(this)) {
      await new Promise<void>((resolve) => (this.#onChange = resolve));
    }
  }

  /** Waits for the next event with this name. */
  async next(name: string): Promise<HeardEvent> {
    const isNext = (event: HeardEvent) => event.name === name;
    const before = this.events.filter(isNext).length;
    await this.until(({ events }) => events.filter(isNext).length > before);
    return this.events.filter(isNext)[before]!;
  }

  end(): void {
    this.#request.destroy();
  }

  #take(chunk: string): void {
    this.#text += chunk;
    const parts = this.#text.split('\n\n');
    this.#text = parts.pop() ?? '';
    for (const part of parts) {
      if (part.startsWith(':')) this.#comments += 1;
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1];
      const [name, id, data] = [field('event'), field('id'), field('data')];
      if (name !== undefined) this.events.push({ name, id: id ?? '', data: JSON.parse(data ?? 'null') });
    }
    this.#onChange();
  }
}
