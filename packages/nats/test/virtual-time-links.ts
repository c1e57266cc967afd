// Links to real servers for processes whose time is virtual: time stands still while an answer of the servers is awaited. A slow
// machine, or an election of the servers, costs a process no time, so the times of a lease hold on every machine.
//
//   process ──► VirtualTimeLink ──► ClientLink ──► servers
//   advance: some milliseconds of virtual time, then the wait for all answers, then the next milliseconds
import { isMillraceError, type ManualClock } from '@millrace/core';
import { settle } from '@millrace/testing';
import type { LinkMessage, NatsLink, NatsSubscription, RequestOptions, TakeMessage } from '../src/index.ts';
import { unanswered } from '../src/link/requests.ts';
import { appendAnswer } from '../src/streams/append-answer.ts';

const STEP_MS = 50;
/** Real time. */
const LOOK_MS = 1;
const AGAIN_MS = 100;
const ANSWER_MS = 30_000;

/** The links of several processes, and their time. */
export class VirtualTimeLinks {
  readonly clock: ManualClock;
  #waiting = 0;

  constructor(clock: ManualClock) {
    this.clock = clock;
  }

  /** A link over a real one. */
  link(real: NatsLink): VirtualTimeLink {
    return new VirtualTimeLink(real, {
      clock: this.clock,
      waiting: (change) => {
        this.#waiting += change;
      },
    });
  }

  /** Lets virtual time pass. */
  async advance(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= STEP_MS) {
      await this.#answered();
      await this.clock.advance(Math.min(STEP_MS, leftMs));
    }
    await this.#answered();
  }

  /** Lets virtual time pass until a promise is settled. */
  async until<Value>(promise: Promise<Value>): Promise<Value> {
    let isSettled = false;
    const settled = () => (isSettled = true);
    promise.then(settled, settled);
    await this.#answered();
    while (!isSettled) await this.advance(STEP_MS);
    return promise;
  }

  async #answered(): Promise<void> {
    await settle();
    while (this.#waiting > 0) {
      await realTime(LOOK_MS);
      await settle();
    }
  }
}

interface VirtualTimeLinkDeps {
  readonly clock: ManualClock;
  readonly waiting: (change: 1 | -1) => void;
}

/** A link that can be cut off. */
export class VirtualTimeLink implements NatsLink {
  readonly #real: NatsLink;
  readonly #deps: VirtualTimeLinkDeps;
  #isCutOff = false;

  constructor(real: NatsLink, deps: VirtualTimeLinkDeps) {
    this.#real = real;
    this.#deps = deps;
  }

  get isConnected(): boolean {
    return this.#real.isConnected;
  }

  get server(): NatsLink['server'] {
    return this.#real.server;
  }

  publish(...message: Parameters<NatsLink['publish']>): boolean {
    return this.#isCutOff || this.#real.publish(...message);
  }

  subscribe(pattern: string, take: TakeMessage): NatsSubscription {
    return this.#real.subscribe(pattern, (message) => {
      if (!this.#isCutOff) take(message);
    });
  }

  async request(subject: string, data: Uint8Array, options: RequestOptions): Promise<LinkMessage> {
    const { clock, waiting } = this.#deps;
    waiting(1);
    try {
      while (!this.#isCutOff) {
        const answer = await this.#ask(subject, data, options);
        if (answer !== undefined && !this.#isCutOff) return answer;
      }
    } finally {
      waiting(-1);
    }
    await clock.sleepFor(options.timeoutMs);
    throw unanswered(subject, 'time-out');
  }

  onConnection(changed: (isConnected: boolean) => void): () => void {
    return this.#real.onConnection(changed);
  }

  changeServer(): void {
    if (!this.#isCutOff) this.#real.changeServer();
  }

  async close(): Promise<void> {
    await this.#real.close();
  }

  /** From now on nothing arrives and nothing leaves. The returned function ends this. */
  cutOff(): () => void {
    this.#isCutOff = true;
    return () => {
      this.#isCutOff = false;
    };
  }

  /** One answer; undefined after a while of real time when the servers have none, for instance during an election. */
  async #ask(subject: string, data: Uint8Array, options: RequestOptions): Promise<LinkMessage | undefined> {
    try {
      const answer = await this.#real.request(subject, data, { ...options, timeoutMs: ANSWER_MS });
      if (subject.startsWith('$') || appendAnswer(answer).kind !== 'unknown') return answer;
    } catch (error) {
      if (!isMillraceError(error, 'MR_CLUSTER_UNANSWERED')) throw error;
    }
    await realTime(AGAIN_MS);
    return undefined;
  }
}

function realTime(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
