// The paths of the dashboard, and the answer to each.
import type { IncomingMessage } from 'node:http';
import { dashboardError } from '../dashboard-errors.ts';
import type { ObservedInputHistory, ObservedInputs } from '../live/live-messages.ts';
import { cut } from '../live/summaries.ts';
import { type BatchQuery, PROMETHEUS_CONTENT_TYPE } from '@millrace/observe';
import type { ObservedSource } from '../observed-source.ts';
import { type Reply, json } from './answer.ts';
import { CachedState } from './cached-state.ts';
import { PageAnswers } from './page-answers.ts';
import type { Target } from './request-guard.ts';

const FILTERS = ['failed', 'slow', 're-run'] as const;
const LIMIT = 100;
const LIMIT_MAX = 1_000;

/** Answers requests from one source. */
export class Routes {
  readonly #source: ObservedSource;
  readonly #state: CachedState;
  readonly #page = new PageAnswers();

  constructor(source: ObservedSource, state: CachedState) {
    this.#source = source;
    this.#state = state;
  }

  /** The answer. @throws a refusal. */
  async answer(target: Target, request: IncomingMessage): Promise<Reply> {
    const { path, query, isTrusted, setCookie } = target;
    if (setCookie !== undefined) return welcome(setCookie);
    const page = await this.#page.answer(path, request);
    if (page !== undefined) return page;
    switch (path) {
      case '/healthz':
        return probe(this.#source.health(), isTrusted);
      case '/readyz':
        return probe(this.#source.readiness(), isTrusted);
      case '/metrics':
        return {
          status: 200,
          type: PROMETHEUS_CONTENT_TYPE,
          body: this.#source.prometheus(),
        };
      case '/api/v1/state':
        return { status: 200, type: 'application/json; charset=utf-8', body: this.#state.bytes() };
      case '/api/v1/batches':
        return json(this.#source.batches(batchQuery(query)));
      case '/api/v1/receivers':
        return json({ schema: 1, receivers: this.#state.value().inputs } satisfies ObservedInputs);
      default:
        return this.#oneOf(path);
    }
  }

  #oneOf(path: string): Reply {
    const [, kind, digits = ''] = /^\/api\/v1\/(batches|receivers)\/(\d{1,16})$/.exec(path) ?? [];
    const number = Number(digits);
    if (kind === 'batches') {
      const batch = this.#source.batch(number);
      if (batch !== undefined) return json({ schema: 1, batch });
      throw dashboardError('MR_DASHBOARD_PATH_UNKNOWN', `batch ${number} is not among the kept batches`);
    }
    if (kind === 'receivers') {
      const history = this.#history(number);
      if (history !== undefined) return json(history);
      throw dashboardError('MR_DASHBOARD_PATH_UNKNOWN', `the program has no input ${number}`);
    }
    const shown = JSON.stringify(cut(path, 100));
    throw dashboardError('MR_DASHBOARD_PATH_UNKNOWN', `there is nothing under ${shown}`);
  }

  #history(streamId: number): ObservedInputHistory | undefined {
    const { inputs, timelines } = this.#state.value();
    const receiver = inputs.find((input) => input.streamId === streamId);
    if (receiver === undefined) return undefined;
    const { timeMs, inputs: columns } = timelines.recent;
    const own = columns.find(({ name }) => name === receiver.name);
    const timeline =
      own === undefined
        ? { timeMs: [], recordsPerSecond: [], rateLimit: [] }
        : { timeMs, recordsPerSecond: own.recordsPerSecond, rateLimit: own.rateLimit };
    return { schema: 1, receiver, timeline };
  }
}

function probe(result: { readonly ok: boolean }, isTrusted: boolean): Reply {
  return json(isTrusted ? result : { ok: result.ok }, result.ok ? 200 : 503);
}

/**
 * The answer to the address with the token: the cookie, and a document that opens the page without the token. A redirect
 * would not do: after a link on another site, browsers leave a strict cookie out of the redirected request.
 */
function welcome(setCookie: string): Reply {
  const body =
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=./"><title>Millrace</title>';
  return { status: 200, type: 'text/html; charset=utf-8', body, headers: { 'Set-Cookie': setCookie } };
}

function batchQuery(query: URLSearchParams): BatchQuery {
  const limit = query.get('limit');
  const filter = query.get('filter');
  return {
    limit: limit === null ? LIMIT : wholeNumber('limit', limit, 1, LIMIT_MAX),
    ...timeOf(query, 'after'),
    ...timeOf(query, 'before'),
    ...(filter === null ? {} : { filter: filterOf(filter) }),
  };
}

function timeOf(query: URLSearchParams, name: 'after' | 'before'): Pick<BatchQuery, 'after' | 'before'> {
  const text = query.get(name);
  return text === null ? {} : { [name]: wholeNumber(name, text, 0, Number.MAX_SAFE_INTEGER) };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const message = `expected ${name} to be a whole number from ${least} to ${most}`;
  throw dashboardError('MR_DASHBOARD_QUERY_INVALID', message);
}

function filterOf(text: string): (typeof FILTERS)[number] {
  const filter = FILTERS.find((name) => name === text);
  if (filter !== undefined) return filter;
  throw dashboardError('MR_DASHBOARD_QUERY_INVALID', `expected filter to be one of ${FILTERS.join(', ')}`);
}
