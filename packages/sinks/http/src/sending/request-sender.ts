// Sends one request until the server has the records: pauses as the server asks, or with growing delays, a bounded number of
// times.
//
//   attempt ─► 2xx: done
//      ▲  └──► 429, 503, 5xx, no answer ──(attempts left)──► pause ─┐
//      │  └──► anything else: rejects                               │
//      └────────────────────────────────────────────────────────────┘
import { backOffDelayMs, coreError, type SinkWrite } from '@millrace/core';
import { failureText } from '@millrace/core/engine';
import type { HttpSinkOptions } from '../http-sink.options.ts';
import { httpSinkError, type HttpSinkErrorCode } from '../http-sink-errors.ts';
import type { HttpSinkWorld } from '../http-sink-world.ts';
import type { RequestBody } from '../records/request-bodies.ts';
import { answerText } from './answer-text.ts';
import { type AnswerVerdict, verdictOn } from './answer-verdict.ts';
import type { RequestFrame } from './request-frame.ts';
import { retryAfterMs } from './retry-after.ts';

/** One request. */
export interface KeyedRequest extends RequestBody {
  readonly headers: Readonly<Record<string, string>>;
  /** For errors. */
  readonly write: SinkWrite;
}

/** The parameters of a sender. */
export interface RequestSenderDeps {
  readonly options: HttpSinkOptions;
  readonly frame: RequestFrame;
  readonly world: HttpSinkWorld;
  /** Ends pauses; a request under way is finished. */
  readonly closing: AbortSignal;
}

interface Answer {
  readonly verdict: AnswerVerdict;
  /** The status with the beginning of the answer, or the reason for no answer. */
  readonly reason: string;
  readonly status?: number;
  /** The pause that the server asks for. */
  readonly pauseMs?: number | undefined;
}

/** Sends the requests of a sink. */
export class RequestSender {
  readonly #deps: RequestSenderDeps;

  constructor(deps: RequestSenderDeps) {
    this.#deps = deps;
  }

  /** Resolves when the server has answered with a success. @throws `MR_SINK_HTTP_…`, `MR_SINK_REPARTITIONED` */
  async send(request: KeyedRequest): Promise<void> {
    const { attempts, retryAfterMaxMs, retryDelayMs, retryDelayMaxMs } = this.#deps.options;
    const { clock, random } = this.#deps.world;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#attempt(request);
      const { verdict, pauseMs } = answer;
      if (verdict.kind === 'taken') return;
      if (verdict.kind === 'repartitioned') throw repartitioned(request, verdict.before);
      const isLast = attempt === attempts || this.#deps.closing.aborted;
      const isTooLong = pauseMs !== undefined && pauseMs > retryAfterMaxMs;
      if (verdict.kind === 'refused' || isLast || isTooLong)
        throw this.#failure(request, { answer, code: verdict.code, attempt });
      const delay = { firstMs: retryDelayMs, maxMs: retryDelayMaxMs, random };
      const delayMs = pauseMs ?? backOffDelayMs(attempt - 1, delay);
      // A sink that is closed makes its last attempt at once.
      await clock.sleepFor(delayMs, this.#deps.closing).catch(() => undefined);
    }
  }

  async #attempt({ text, headers }: KeyedRequest): Promise<Answer> {
    const { frame, world, options } = this.#deps;
    const tooLate = new AbortController();
    const timer = world.clock.after(options.requestTimeoutMs, () =>
      tooLate.abort(new Error(`no answer within ${options.requestTimeoutMs} ms`)),
    );
    let seen: Omit<Answer, 'reason'> | undefined;
    try {
      const response = await world.fetch(frame.url, {
        method: frame.method,
        headers: { ...frame.headers, ...headers },
        body: text,
        redirect: 'manual',
        signal: tooLate.signal,
      });
      const { status } = response;
      const pauseMs = retryAfterMs(response.headers, world.clock.now());
      seen = { verdict: verdictOn(response), status, pauseMs };
      return { ...seen, reason: reasonOf(status, await answerText(response)) };
    } catch (error) {
      // A status that was read counts, whatever becomes of the text of the answer.
      const lost: AnswerVerdict = { kind: 'again', code: 'MR_SINK_HTTP_UNREACHABLE' };
      return { ...(seen ?? { verdict: lost }), reason: failureText(error, frame.secrets) };
    } finally {
      timer.cancel();
    }
  }

  #failure(
    { write, records }: KeyedRequest,
    { answer, code, attempt }: { answer: Answer; code: HttpSinkErrorCode; attempt: number },
  ): Error {
    const { place, secrets } = this.#deps.frame;
    const reason = failureText(new Error(answer.reason), secrets);
    const times = attempt === 1 ? '' : ` in ${attempt} attempts`;
    const pause = answer.pauseMs === undefined ? '' : `, asking for a pause of ${answer.pauseMs} ms`;
    return httpSinkError(
      code,
      `could not send ${records} records of partition ${write.partition} to ${place}${times}: ${reason}${pause}`,
      { details: { ...write, place, ...(answer.status === undefined ? {} : { status: answer.status }) } },
    );
  }
}

/** Characters of an answer in a message. */
const ANSWER_CHARACTERS_MAX = 300;

function reasonOf(status: number, text: string): string {
  const beginning = text.trim().slice(0, ANSWER_CHARACTERS_MAX);
  return `the server answered ${status}${beginning === '' ? '' : ` ${beginning}`}`;
}

function repartitioned({ write, headers }: KeyedRequest, before: string): Error {
  const message = `expected ${headers['millrace-batch']} in the division ${before} (partitions/records/bytes/format), as in the first run, got ${headers['millrace-division']}; run the batch with the first number of partitions and the first options`;
  return coreError('MR_SINK_REPARTITIONED', message, { details: { ...write, before } });
}
