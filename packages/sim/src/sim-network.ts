// The connections between driver and executors, one request and its reply at a time. With faults on, a request or reply
// is late, overtakes others, is lost or arrives twice; a partition blocks all messages. The caller learns after a while
// that the reply is missing, and never learns whether the request arrived: a real network promises no more.
import type { RandomSource } from '@millrace/core';
import { coreError } from '@millrace/core';
import { deserializeError, serializeError } from '@millrace/core/engine';
import { cloneData } from './clone-data.ts';
import type { Coverage } from './coverage.ts';
import type { ChannelFaults } from './plan.ts';
import type { SimClock } from './sim-clock.ts';
import { nothing, type SimProcess } from './sim-process.ts';

/** A request in transit. */
export interface Message<T> {
  readonly from: SimProcess;
  readonly to: SimProcess;
  readonly kind: string;
  readonly request: unknown;
  /** Answers the request on the other side. */
  readonly handle: (request: unknown) => Promise<T>;
  /** True for a request between executors. */
  readonly isAmongPeers?: boolean;
}

/** The time without a reply after which a request counts as lost, in ms. */
const PATIENCE_MS = 150;

const ALWAYS = { isAlive: true };

/** All connections of a world. */
export class SimNetwork {
  readonly #clock: SimClock;
  readonly #random: RandomSource;
  readonly #coverage: Coverage;
  readonly #deathsAreSilent: boolean;
  /** Processes cut off from all others. */
  readonly #cutOff = new Set<SimProcess>();
  faults: ChannelFaults = {};
  /** True when messages may be lost: only then does a missing reply fail the request. */
  mayLose = false;

  /** @param options `deathsAreSilent`: a request to a dead executor gets neither a reply nor an error. */
  constructor(
    clock: SimClock,
    random: RandomSource,
    coverage: Coverage,
    options: { readonly deathsAreSilent: boolean },
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#coverage = coverage;
    this.#deathsAreSilent = options.deathsAreSilent;
  }

  /** Cuts a process off; returns a function that reconnects the process. */
  partition(process: SimProcess): () => void {
    this.#coverage.fault('partition');
    this.#cutOff.add(process);
    return () => this.#cutOff.delete(process);
  }

  /** Sends a request. @throws `MR_EXECUTOR_UNREACHABLE`, and errors of the other side. */
  ask<T>(message: Message<T>): Promise<T> {
    const { from, to } = message;
    from.step();
    if (!from.isAlive) return nothing();
    // Only data crosses a border: a value that cannot be cloned fails here, as it would between machines.
    const request = cloneData(message.request);
    return new Promise<T>((resolve, reject) => {
      const fail = () => from.isAlive && reject(unreachable(to, message.kind));
      const isToldOfDeath = message.isAmongPeers !== true || !this.#deathsAreSilent;
      if (!to.isAlive) {
        if (isToldOfDeath) this.#after(1, fail);
        return;
      }
      const forgetDeath = to.onDeath(() => {
        if (isToldOfDeath) this.#after(1, () => settled(fail));
      });
      let isSettled = false;
      const settled = (settle: () => void) => {
        forgetDeath();
        if (isSettled || !from.isAlive) return;
        isSettled = true;
        settle();
      };
      // A partition may last longer than the faults.
      const mayLose = this.mayLose || this.#cutOff.size > 0;
      if (mayLose) this.#after(PATIENCE_MS, () => settled(fail));
      this.#deliver({ ...message, request }, (settle) => settled(settle), resolve, reject);
      if (this.#happens('duplicate')) {
        const again = { ...message, request: cloneData(request) };
        this.#after(1 + this.#random.integer(60), () =>
          this.#deliver(again, () => undefined, resolve, reject),
        );
      }
    });
  }

  /** Draws whether a message of a process is delayed for so long that it arrives much later, beside its replacement. */
  comesLate(from: SimProcess, arrive: () => void): void {
    if (!this.#happens('duplicate')) return;
    this.#clock.after(from, 200 + this.#random.integer(1_500), arrive);
  }

  #deliver<T>(
    { from, to, request, handle }: Message<T>,
    settled: (settle: () => void) => void,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    this.#carry(from, to, () => {
      to.step();
      if (!to.isAlive) return;
      void handle(request).then(
        (reply) => {
          const copy = cloneData(reply);
          this.#carry(to, from, () => settled(() => resolve(copy)));
        },
        (error: unknown) => {
          const copy = serializeError(error);
          this.#carry(to, from, () => settled(() => reject(deserializeError(copy))));
        },
      );
    });
  }

  /** One direction of a message: at once, later, or never. */
  #carry(from: SimProcess, to: SimProcess, arrive: () => void): void {
    if (!from.isAlive) return;
    if (this.#cutOff.has(from) || this.#cutOff.has(to) || this.#happens('loss')) return;
    const { delayMs = 0 } = this.faults;
    const isLate = delayMs > 0 && this.#happens('delay');
    // Overtaking means that an earlier message is delayed.
    const isOvertaken = this.#happens('reorder');
    const waitMs =
      (isLate ? 1 + this.#random.integer(delayMs) : 0) + (isOvertaken ? 5 + this.#random.integer(40) : 0);
    if (waitMs === 0) queueMicrotask(() => to.isAlive && arrive());
    else this.#after(waitMs, () => to.isAlive && arrive());
  }

  #happens(kind: 'delay' | 'reorder' | 'loss' | 'duplicate'): boolean {
    const rate = this.faults[kind] ?? 0;
    if (rate === 0 || this.#random.next() >= rate) return false;
    this.#coverage.fault(`channel-${kind}`);
    return true;
  }

  #after(ms: number, callback: () => void): void {
    this.#clock.after(ALWAYS, ms, callback);
  }
}

function unreachable(to: SimProcess, kind: string): Error {
  return coreError('MR_EXECUTOR_UNREACHABLE', `${to.name} did not answer ${kind}`, { details: { kind } });
}
