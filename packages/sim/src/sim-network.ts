// The lines between driver and executors, one question and its answer at a time. With faults on, a question or its answer
// is late, overtakes others, is lost or comes twice; while a partition lasts nothing gets through. Who asked learns that
// there was no answer, after a while, and never whether the question had arrived: that is all a network can promise.
import type { RandomSource } from '@millrace/core';
import { coreError } from '@millrace/core';
import { deserializeError, serializeError } from '@millrace/core/engine';
import { cloneData } from './clone-data.ts';
import type { Coverage } from './coverage.ts';
import type { ChannelFaults } from './plan.ts';
import type { SimClock } from './sim-clock.ts';
import { nothing, type SimProcess } from './sim-process.ts';

/** A question on its way. */
export interface Message<T> {
  readonly from: SimProcess;
  readonly to: SimProcess;
  readonly kind: string;
  readonly request: unknown;
  /** Answers it, on the other side. */
  readonly handle: (request: unknown) => Promise<T>;
  /** One executor asks another. */
  readonly isAmongPeers?: boolean;
}

/** After how long without an answer a question counts as lost, in ms. */
const PATIENCE_MS = 150;

const ALWAYS = { isAlive: true };

/** All lines of a world. */
export class SimNetwork {
  readonly #clock: SimClock;
  readonly #random: RandomSource;
  readonly #coverage: Coverage;
  readonly #deathsAreSilent: boolean;
  /** Processes that are cut off from everybody else. */
  readonly #cutOff = new Set<SimProcess>();
  faults: ChannelFaults = {};
  /** Whether anything may get lost: only then a question is given up for want of an answer. */
  mayLose = false;

  /** @param options `deathsAreSilent`: an executor that asks one that is dead gets no answer, and no error. */
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

  /** Cuts a process off; returns a function that connects it again. */
  partition(process: SimProcess): () => void {
    this.#coverage.fault('partition');
    this.#cutOff.add(process);
    return () => this.#cutOff.delete(process);
  }

  /** Asks. @throws `MR_EXECUTOR_UNREACHABLE`, and what the other side throws. */
  ask<T>(message: Message<T>): Promise<T> {
    const { from, to } = message;
    from.step();
    if (!from.isAlive) return nothing();
    // What crosses a border is data: whatever cannot be cloned fails here, as it would between machines.
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

  /** Draws whether something of a process is held up for so long that it arrives much later, beside what came instead. */
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

  /** One way of a message: at once, later, or never. */
  #carry(from: SimProcess, to: SimProcess, arrive: () => void): void {
    if (!from.isAlive) return;
    if (this.#cutOff.has(from) || this.#cutOff.has(to) || this.#happens('loss')) return;
    const { delayMs = 0 } = this.faults;
    const isLate = delayMs > 0 && this.#happens('delay');
    // One that overtakes is one before it that is held up.
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
