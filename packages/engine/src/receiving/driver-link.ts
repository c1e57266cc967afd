// How a receiver speaks to its driver. Messages may be lost, so what must arrive is repeated until it is answered: the
// driver recognises repetition. What need not arrive (reports of errors) is sent once, and not without bound.
import { type Clock, isMillraceError, type Logger, type RandomSource } from '@millrace/core';
import type { DriverEndpoint, DriverProtocol, ReportError } from '@millrace/core/engine';
import { backOffDelayMs } from './back-off.ts';
import type { ReceivingOptions } from './receiving-options.ts';
import { untilAborted } from './waiting.ts';

/** Reports of errors that may be under way at once; what comes on top is in the log only. */
const REPORTS_UNDER_WAY_MAX = 16;

/** What a `DriverLink` is made of. */
export interface DriverLinkDeps {
  readonly driver: DriverEndpoint;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly options: Pick<ReceivingOptions, 'pushRetryDelayMs' | 'pushRetryDelayMaxMs'>;
}

/** A question that has to be answered. */
export interface Question<K extends keyof DriverProtocol> {
  readonly kind: K;
  readonly request: DriverProtocol[K]['request'];
  /** Ends the asking. The first time is always asked. */
  readonly signal: AbortSignal;
  /** Whether an answer counts; without it every answer does. */
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
   * Asks until there is an answer, with growing delays.
   *
   * @throws the signal's reason when it is aborted first; what no repetition can heal: an error of disposition
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

  /** Tells of an error, once. */
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
    const bounds = { firstMs: options.pushRetryDelayMs, maxMs: options.pushRetryDelayMaxMs };
    await clock.sleepFor(backOffDelayMs(retry, bounds, random), signal);
  }
}

function isHopeless(error: unknown): boolean {
  if (!isMillraceError(error)) return false;
  return error.disposition === 'stop-engine' || error.code === 'MR_EXECUTOR_MESSAGE_INVALID';
}
