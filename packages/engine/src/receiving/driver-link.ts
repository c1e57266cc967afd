// A receiver's communication with its driver. Messages may be lost, so a message that must arrive is repeated until
// answered, and the driver recognises repetition. A message that need not arrive (a report of an error) is sent once,
// within a bound.
import { backOffDelayMs, type Clock, isMillraceError, type Logger, type RandomSource } from '@millrace/core';
import type { DriverEndpoint, DriverProtocol, ReportError } from '@millrace/core/engine';
import type { ReceivingOptions } from './receiving-options.ts';
import { untilAborted } from './waiting.ts';

/** Reports of errors that may be in flight at once; further reports are only logged. */
const REPORTS_UNDER_WAY_MAX = 16;

/** The collaborators of a `DriverLink`. */
export interface DriverLinkDeps {
  readonly driver: DriverEndpoint;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly options: Pick<ReceivingOptions, 'pushRetryDelayMs' | 'pushRetryDelayMaxMs'>;
}

/** A request that has to be answered. */
export interface Question<K extends keyof DriverProtocol> {
  readonly kind: K;
  readonly request: DriverProtocol[K]['request'];
  /** Ends the requests. The first request is always sent. */
  readonly signal: AbortSignal;
  /** Returns whether an answer counts; without this function every answer counts. */
  readonly isAnswer?: (reply: DriverProtocol[K]['reply']) => boolean;
}

/** One receiver's line to its driver. */
export class DriverLink {
  readonly #deps: DriverLinkDeps;
  #reportsUnderWay = 0;

  constructor(deps: DriverLinkDeps) {
    this.#deps = deps;
  }

  /** Reports that are not answered yet. */
  get reportsUnderWay(): number {
    return this.#reportsUnderWay;
  }

  /**
   * Sends a request until there is an answer, with growing delays.
   *
   * @throws the signal's reason on an earlier abort; an error that no repetition can repair: an error of disposition
   * `stop-engine`, and `MR_EXECUTOR_MESSAGE_INVALID`.
   */
  async ask<K extends keyof DriverProtocol>(question: Question<K>): Promise<DriverProtocol[K]['reply']> {
    const { kind, request, signal, isAnswer = () => true } = question;
    for (let retry = 0; ; retry += 1) {
      try {
        const reply = await untilAborted(this.#deps.driver.ask(kind, request), signal);
        if (isAnswer(reply)) return reply;
        this.#deps.log.warn('the driver refused a message, trying again', { kind, reply });
      } catch (error) {
        if (signal.aborted || isHopeless(error)) throw error;
        this.#deps.log.warn('the driver could not be reached, trying again', { kind, error });
      }
      await this.#wait(retry, signal);
    }
  }

  /** Reports an error, once. */
  report(report: ReportError): void {
    if (this.#reportsUnderWay >= REPORTS_UNDER_WAY_MAX) return;
    this.#reportsUnderWay += 1;
    void this.#send(report);
  }

  async #send(report: ReportError): Promise<void> {
    try {
      await this.#deps.driver.ask('ReportError', report);
    } catch (error) {
      this.#deps.log.warn('an error could not be reported to the driver', { report: report.message, error });
    } finally {
      this.#reportsUnderWay -= 1;
    }
  }

  async #wait(retry: number, signal: AbortSignal): Promise<void> {
    const { clock, random, options } = this.#deps;
    const { pushRetryDelayMs: firstMs, pushRetryDelayMaxMs: maxMs } = options;
    await clock.sleepFor(backOffDelayMs(retry, { firstMs, maxMs, random }), signal);
  }
}

function isHopeless(error: unknown): boolean {
  if (!isMillraceError(error)) return false;
  return error.disposition === 'stop-engine' || error.code === 'MR_EXECUTOR_MESSAGE_INVALID';
}
