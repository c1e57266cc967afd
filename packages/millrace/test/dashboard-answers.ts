// The answers of a dashboard, for a `fetch` in memory and for a server in a test with processes.
import type { EngineState, ObservedBatch } from '@millrace/observe';

/** What an imagined dashboard shows. */
export interface ShownEngine {
  state: EngineState;
  /** Newest first. */
  batches: readonly ObservedBatch[];
  /** Requests need this token. */
  token?: string;
}

/** An answer. */
export interface FixtureAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The answer to a request for JSON, as the dashboard gives. */
export function answerOf(shown: ShownEngine, url: URL, authorization: string | null): FixtureAnswer {
  const { state, batches, token } = shown;
  if (token !== undefined && authorization !== `Bearer ${token}`)
    return problem(401, 'MR_DASHBOARD_UNAUTHORIZED');
  const path = url.pathname;
  if (path === '/api/v1/state') return json(state);
  if (path === '/api/v1/batches') {
    const limit = Number(url.searchParams.get('limit'));
    return json({ schema: 1, batches: batches.slice(0, limit), hasMore: batches.length > limit });
  }
  const batch = batches.find(({ batchTime }) => path === `/api/v1/batches/${batchTime}`);
  return batch === undefined ? problem(404, 'MR_DASHBOARD_PATH_UNKNOWN') : json({ schema: 1, batch });
}

/** The first message of the live channel. */
export function snapshotOf({ state, batches }: ShownEngine): string {
  const { inputs, graph, timelines, ...summary } = state;
  const rows = batches.map(({ inputs: _inputs, outputs: _outputs, ...row }) => row);
  return eventText('snapshot', {
    schema: 1,
    summary,
    inputs,
    graph,
    timelines,
    batches: rows,
    hasMoreBatches: false,
  });
}

/** An event of the live channel. */
export function eventText(name: string, data: unknown): string {
  return `event: ${name}\nid: a-1\ndata: ${JSON.stringify(data)}\n\n`;
}

function json(value: unknown): FixtureAnswer {
  return { status: 200, type: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}

function problem(status: number, code: string): FixtureAnswer {
  const body = JSON.stringify({ status, code, detail: 'words of the server' });
  return { status, type: 'application/problem+json; charset=utf-8', body };
}

/** A live channel that a test writes to. */
export class FixtureChannel {
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly response: Response;

  constructor() {
    const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      this.#controller = controller;
    };
    const headers = { 'content-type': 'text/event-stream; charset=utf-8' };
    this.response = new Response(new ReadableStream({ start }), { headers });
  }

  write(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.#controller?.close();
  }

  fail(error: unknown): void {
    this.#controller?.error(error);
  }
}

/** The error of `fetch` when nothing listens. */
export function refusedConnection(): TypeError {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:4040'), { code: 'ECONNREFUSED' }),
  });
}

/** A `fetch` that asks an imagined dashboard. */
export function fetchOf(
  shown: ShownEngine,
  live: (signal: AbortSignal | null) => Response | Promise<Response> = () =>
    asResponse(problem(503, 'MR_DASHBOARD_LISTENERS_FULL')),
): typeof fetch & { readonly asked: string[] } {
  const asked: string[] = [];
  const answer = async (input: unknown, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input));
    asked.push(url.href);
    const authorization = new Headers(init.headers).get('authorization');
    if (url.pathname === '/events') return live(init.signal ?? null);
    return asResponse(answerOf(shown, url, authorization));
  };
  return Object.assign(answer as typeof fetch, { asked });
}

/** An answer as `fetch` gives. */
export function asResponse({ status, type, body }: FixtureAnswer): Response {
  return new Response(body, { status, headers: { 'content-type': type } });
}
