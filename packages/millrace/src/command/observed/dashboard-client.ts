// Requests to a dashboard. Each answer has a bounded size and comes within a time, so that a command never hangs on an
// address that belongs to something else.
import type { Clock } from '@millrace/core';
import { messageOf } from '@millrace/core';
import type { EngineState, ObservedBatch, ObservedBatches } from '@millrace/observe';
import { propertyOf } from '@millrace/core/engine';
import type { DashboardAddress } from './dashboard-address.ts';
import { DashboardFailure } from './dashboard-failure.ts';
import { serverEvents, type ServerEvent } from './server-events.ts';

/** The parts of a client. */
export interface DashboardClientDeps {
  readonly fetch: typeof fetch;
  readonly clock: Pick<Clock, 'after'>;
  readonly address: DashboardAddress;
  /** Ends every request. */
  readonly signal: AbortSignal;
}

/** The version of the schema that the commands read. */
const SCHEMA = 1;
const REQUEST_MS = 10_000;
const ANSWER_BYTES_MAX = 64 * 1_024 * 1_024;
/** The server writes a message a second, and a comment each 15 s. */
const SILENCE_MS = 40_000;
/** Longer words of a server are not words for a person. */
const DETAIL_MAX = 300;

/** Asks one dashboard. Every method throws `DashboardFailure` without an answer. */
export class DashboardClient {
  readonly #deps: DashboardClientDeps;

  constructor(deps: DashboardClientDeps) {
    this.#deps = deps;
  }

  /** The address without the token, for messages. */
  get shownAddress(): string {
    return this.#deps.address.base.href;
  }

  /** The state of the engine. */
  async state(): Promise<EngineState> {
    return (await this.#json('api/v1/state')) as EngineState;
  }

  /** The newest batches, newest first. */
  async batches(limit: number): Promise<ObservedBatches> {
    return (await this.#json(`api/v1/batches?limit=${limit}`)) as ObservedBatches;
  }

  /** One batch; undefined when the engine does not keep the batch. */
  async batch(batchTime: number): Promise<ObservedBatch | undefined> {
    try {
      return ((await this.#json(`api/v1/batches/${batchTime}`)) as { readonly batch: ObservedBatch }).batch;
    } catch (error) {
      if (error instanceof DashboardFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * The messages of the live channel until the server ends the channel, and `undefined` for other signs of life.
   *
   * @param signal Ends the channel.
   */
  async *events(signal: AbortSignal): AsyncGenerator<ServerEvent | undefined> {
    const watch = new AbortController();
    let timer = this.#deps.clock.after(REQUEST_MS, () => watch.abort());
    try {
      const response = await this.#request('events', AbortSignal.any([signal, watch.signal]));
      if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream'))
        throw this.#noDashboard();
      const text = (response.body ?? emptyBody()).pipeThrough(new TextDecoderStream());
      for await (const event of serverEvents(text)) {
        timer.cancel();
        timer = this.#deps.clock.after(SILENCE_MS, () => watch.abort());
        yield event;
      }
    } catch (error) {
      throw this.#failure(error);
    } finally {
      timer.cancel();
      watch.abort();
    }
  }

  async #json(path: string): Promise<unknown> {
    const watch = new AbortController();
    const timer = this.#deps.clock.after(REQUEST_MS, () => watch.abort());
    try {
      const response = await this.#request(path, watch.signal);
      const content = JSON.parse(await this.#text(response)) as unknown;
      const schema = propertyOf(content, 'schema');
      if (typeof schema !== 'number') throw this.#noDashboard();
      if (schema === SCHEMA) return content;
      throw new DashboardFailure(
        `the dashboard at ${this.shownAddress} speaks version ${schema} of the schema, this command version ${SCHEMA}: install the same version of millrace`,
      );
    } catch (error) {
      throw this.#failure(error);
    } finally {
      timer.cancel();
    }
  }

  async #request(path: string, signal: AbortSignal): Promise<Response> {
    const { address, fetch: request } = this.#deps;
    const { base, token } = address;
    const response = await request(new URL(path, base), {
      // The token is for this address alone.
      redirect: 'error',
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, this.#deps.signal]),
    });
    if (response.ok) return response;
    const { status } = response;
    if (status === 401) throw new DashboardFailure(this.#refused(), { status });
    const problem = parsed(await this.#text(response));
    const code = propertyOf(problem, 'code');
    const detail = propertyOf(problem, 'detail');
    if (typeof code !== 'string' || typeof detail !== 'string') throw this.#noDashboard(status);
    throw new DashboardFailure(`${code}: ${detail}`.slice(0, DETAIL_MAX), { status });
  }

  #refused(): string {
    return this.#deps.address.token === undefined
      ? `the dashboard at ${this.shownAddress} needs a token: set MILLRACE_TOKEN, or pass --token`
      : `the dashboard at ${this.shownAddress} refuses the token`;
  }

  #noDashboard(status?: number): DashboardFailure {
    const answered =
      status === undefined ? 'the answer is none of a dashboard' : `the answer has the status ${status}`;
    return new DashboardFailure(
      `expected a dashboard of Millrace at ${this.shownAddress}, but ${answered}`,
      status === undefined ? {} : { status },
    );
  }

  async #text(response: Response): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? emptyBody()) {
      size += chunk.byteLength;
      if (size > ANSWER_BYTES_MAX) throw this.#noDashboard(response.status);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #failure(error: unknown): unknown {
    // Ctrl-C is no failure of the dashboard.
    if (error instanceof DashboardFailure || this.#deps.signal.aborted) return error;
    if (error instanceof SyntaxError) return this.#noDashboard();
    const words =
      error instanceof Error && error.name === 'AbortError' ? 'no answer in time' : reasonOf(error);
    return new DashboardFailure(
      `cannot reach a dashboard at ${this.shownAddress}: ${words}; is the engine running with the plugin dashboard()?`,
      { cause: error },
    );
  }
}

/** `fetch` hides the reason behind "fetch failed"; an attempt at several addresses has several. */
function reasonOf(error: unknown): string {
  const cause = propertyOf(error, 'cause') ?? error;
  const code = propertyOf(cause, 'code');
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ENOTFOUND') return 'no such host';
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'the connection was closed';
  return messageOf(cause).slice(0, DETAIL_MAX);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function emptyBody(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
