// One request from its head to its answer:
//
//   head ──► Admission ──► limited? ──► InFlight ──► readBody ──► Submitter ──► receipt ──► 200 or 207 with the counts
//              └── health, OPTIONS
//
// Every step may refuse: a refusal is thrown as an error whose code has a status. Only this class decides the answer;
// the steps only report the mistake.
import type { ReceiverContext } from '@millrace/core';
import type { BodyParsers } from '../bodies/body-parsers.ts';
import { ClientGone } from '../client-gone.ts';
import { httpError } from '../http-errors.ts';
import type { HttpSettings } from '../http-settings.ts';
import { isLoopback } from '../loopback.ts';
import { LoopShare } from '../loop-share.ts';
import type { KeyedReceipt } from '../storing/idempotency-cache.ts';
import { stopping } from '../storing/store-lane.ts';
import type { Receipt } from '../storing/submission.ts';
import { Submitter } from '../storing/submitter.ts';
import { Admission, type AdmittedPost } from './admission.ts';
import { readBody } from './body-reader.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import type { Exchange } from './exchange.ts';
import { InFlight, type Passage } from '../storing/in-flight.ts';
import { type HttpAnswer, refusalAnswer, reportOf, statusOf } from './refusal.ts';
import { sendAnswer } from './send-answer.ts';
import { Unpacker } from './unpacker.ts';

/** Addresses that stand for all addresses of a machine. */
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Collaborators of a `RequestHandler`. */
export interface RequestHandlerDeps {
  readonly context: ReceiverContext<unknown>;
  readonly options: HttpSettings;
  readonly parsers: BodyParsers;
}

/** Answers the requests of one start of a receiver. */
export class RequestHandler {
  readonly #context: ReceiverContext<unknown>;
  readonly #options: HttpSettings;
  readonly #admission: Admission;
  readonly #inFlight: InFlight;
  readonly #submitter: Submitter;
  readonly #unpacker = new Unpacker();
  /** Requests that are not answered yet. */
  readonly #exchanges = new Set<Promise<void>>();
  /** Aborted when no acknowledgement follows. */
  readonly #closing = new AbortController();

  constructor({ context, options, parsers }: RequestHandlerDeps) {
    this.#context = context;
    this.#options = options;
    this.#admission = new Admission(options, parsers);
    this.#inFlight = new InFlight(options, context.clock);
    this.#submitter = new Submitter(context, options, new LoopShare(context.clock));
  }

  /** Malformed records of requests that were left out so far. */
  get skippedRecords(): number {
    return this.#submitter.skippedRecords;
  }

  /**
   * Answers one request. Never throws: the outcome is an answer, or a lost client.
   *
   * @param isHealthOnly True for a request on the port that serves only health.
   */
  handle(exchange: Exchange, isHealthOnly = false): void {
    const answered = this.#exchange(exchange, isHealthOnly);
    this.#exchanges.add(answered);
    void answered.finally(() => this.#exchanges.delete(answered));
  }

  /** The receiver is stopped: unstored requests are answered, stored requests still wait for their acknowledgement. */
  stop(): void {
    this.#submitter.stop();
  }

  /** No acknowledgement follows: every waiting request is answered. Resolves when all answers are sent. */
  async close(): Promise<void> {
    this.#submitter.close();
    this.#closing.abort();
    await Promise.all(this.#exchanges);
  }

  async #exchange(exchange: Exchange, isHealthOnly: boolean): Promise<void> {
    try {
      const answer = await this.#answerTo(exchange, isHealthOnly);
      await sendAnswer(exchange, answer, {
        clock: this.#context.clock,
        isLast: this.#context.signal.aborted,
        sendTimeoutMs: this.#options.requestTimeoutMs,
        signal: this.#closing.signal,
      });
    } catch (error) {
      // The client is gone and gets no answer; unstored records are dropped.
      if (error instanceof ClientGone) return;
      // Sending or refusing failed: the lost connection makes the client send again.
      this.#reportUnforeseen(error);
      exchange.response.destroy();
    } finally {
      exchange.end();
    }
  }

  async #answerTo(exchange: Exchange, isHealthOnly: boolean): Promise<HttpAnswer> {
    let origin: string | undefined;
    try {
      origin = this.#admission.originOf(exchange.request.headers);
      const answer = await this.#accept(exchange, isHealthOnly);
      return withHeaders(answer, corsHeaders(origin));
    } catch (error) {
      if (error instanceof ClientGone) throw error;
      const answer = withHeaders(refusalAnswer(error, this.#options), corsHeaders(origin));
      const { status } = answer;
      if (statusOf(error) === undefined) this.#reportUnforeseen(error);
      else this.#context.log.debug('http request refused', { status, code: answer.body?.['code'] });
      return answer;
    }
  }

  async #accept(exchange: Exchange, isHealthOnly: boolean): Promise<HttpAnswer> {
    const { request, localAddress } = exchange;
    const isLoopbackOnly = isLoopback(localAddress) && !WILDCARDS.has(this.#options.host);
    const admitted = this.#admission.admit(request, { isHealthOnly, isLoopback: isLoopbackOnly });
    if (admitted.kind === 'health') return this.#health(request.url ?? '');
    if (admitted.kind === 'options') return optionsAnswer(exchange, admitted.allow);
    const { receipt, isReplay } = await this.#receive(exchange, admitted);
    return receiptAnswer(await this.#inTime(receipt), isReplay);
  }

  /** Reads, parses and begins to store a body. Resolves when storing has begun: the body itself is then released. */
  async #receive(exchange: Exchange, admitted: AdmittedPost): Promise<KeyedReceipt> {
    if (this.#context.signal.aborted) throw stopping();
    this.#submitter.assertNotLimited();
    const passage = this.#inFlight.enter(admitted.declaredBytes ?? 0, (error) => exchange.breakOff(error));
    try {
      const body = await this.#read(exchange, admitted, passage);
      const keyed = await this.#submitter.submit(body, { ...admitted, passage, gone: exchange.gone });
      // A request counts until its outcome is known, also after its client was requested to repeat.
      keyed.receipt.then(
        () => passage.leave(),
        () => passage.leave(),
      );
      return keyed;
    } catch (error) {
      passage.leave();
      throw error;
    }
  }

  async #read(exchange: Exchange, admitted: AdmittedPost, passage: Passage): Promise<Buffer> {
    const { signal } = this.#context;
    const { request, broken } = exchange;
    const { encoding, declaredBytes } = admitted;
    exchange.allowBody();
    try {
      const body = await readBody(request, {
        encoding,
        declaredBytes,
        bounds: this.#options,
        unpacker: this.#unpacker,
        passage,
        signals: [signal, broken],
      });
      signal.throwIfAborted();
      broken.throwIfAborted();
      passage.endReading();
      return body;
    } catch (error) {
      throw signal.aborted ? stopping() : error;
    }
  }

  /** Waits for a receipt no longer than the time limit of an answer. */
  async #inTime(receipt: Promise<Receipt>): Promise<Receipt> {
    const { clock } = this.#context;
    const { answerTimeoutMs } = this.#options;
    const late = Promise.withResolvers<never>();
    const timer = clock.after(answerTimeoutMs, () => {
      const message = `the records were not durable within ${answerTimeoutMs} ms, but may still become durable; send all of them again`;
      late.reject(httpError('MR_HTTP_ANSWER_LATE', message));
    });
    try {
      return await Promise.race([receipt, late.promise]);
    } finally {
      timer.cancel();
    }
  }

  /** With `?ready`, states in which no client should send are 503; without, the receiver is alive in every state. */
  #health(target: string): HttpAnswer {
    if (this.#context.signal.aborted) throw stopping();
    const heldBatches = this.#context.heldBatches ?? 0;
    const state = this.#state(heldBatches);
    const isAskedForReadiness = /\?(?:.*&)?ready(?:[=&]|$)/.test(target);
    const isReady = state === 'ok' || state === 'limited';
    return {
      status: isAskedForReadiness && !isReady ? 503 : 200,
      contentType: 'application/json',
      headers: {},
      body: { state, ...(heldBatches === 0 ? {} : { heldBatches }) },
    };
  }

  #state(heldBatches: number): 'ok' | 'limited' | 'refusing' | 'batch-held' {
    if (this.#submitter.isRefusing) return 'refusing';
    if (heldBatches > 0) return 'batch-held';
    return this.#submitter.isHeld ? 'limited' : 'ok';
  }

  #reportUnforeseen(cause: unknown): void {
    const message = 'a request could not be answered normally';
    this.#context.reportError(message, httpError('MR_HTTP_FAILED', message, { cause }));
  }
}

function receiptAnswer({ accepted, skipped, rejected }: Receipt, isReplay: boolean): HttpAnswer {
  return {
    status: rejected.length === 0 ? 200 : 207,
    contentType: 'application/json',
    headers: isReplay ? { 'Idempotent-Replayed': 'true' } : {},
    body: { accepted, ...(skipped === 0 ? {} : { skipped }), ...reportOf(rejected) },
  };
}

function optionsAnswer({ request }: Exchange, allow: readonly string[]): HttpAnswer {
  const headers = { Allow: allow.join(', '), ...preflightHeaders(request.headers, allow) };
  return { status: 204, contentType: 'application/json', headers, body: undefined };
}

function withHeaders(answer: HttpAnswer, headers: Readonly<Record<string, string>>): HttpAnswer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
