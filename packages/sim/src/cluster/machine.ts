// A machine of a simulated cluster: its wall clock, its way to the servers, and the processes on it, one after the other.
import type { RandomSource } from '@millrace/core';
import type { CutWay, FakeLink, FakeNats } from '@millrace/nats/testing';
import type { SimClock } from '../sim-clock.ts';
import { nothing, SimProcess } from '../sim-process.ts';

/** The parts of the world that a machine needs. */
export interface MachineDeps {
  readonly name: string;
  readonly clock: SimClock;
  readonly random: RandomSource;
  readonly nats: FakeNats;
  /** The server that the machine prefers. */
  readonly server: string;
  /** The longest time of a message, in ms. */
  readonly latencyMs: number;
  /** The time until a cut is noticed, in ms. */
  readonly noticedMs: number;
}

/** The time between two attempts to connect, in ms. */
const CONNECT_MS = 100;

/** See the header of this file. */
export class Machine {
  readonly name: string;
  readonly #deps: MachineDeps;
  #links: { readonly link: FakeLink; readonly process: SimProcess }[] = [];
  #cut: CutWay | undefined;
  #aheadMs = 0;
  /** The number of processes so far, by kind. */
  readonly #processes = new Map<string, number>();
  readonly #alive = new Set<SimProcess>();
  /** The longest time of a message now, in ms. */
  latencyMs: number;

  constructor(deps: MachineDeps) {
    this.name = deps.name;
    this.latencyMs = deps.latencyMs;
    this.#deps = deps;
  }

  /** A new process. `kind`: a word in its name; default: none, for a driver. */
  spawn(kind = ''): SimProcess {
    const { clock } = this.#deps;
    const number = (this.#processes.get(kind) ?? 0) + 1;
    this.#processes.set(kind, number);
    const process = new SimProcess({
      name: `${this.name}${kind}${number}`,
      clock,
      onStep: () => undefined,
    });
    clock.setAhead(process, this.#aheadMs);
    this.#alive.add(process);
    process.onDeath(() => {
      this.#alive.delete(process);
      for (const one of this.#links) if (one.process === process) one.link.die();
      this.#links = this.#links.filter((one) => one.process !== process);
    });
    return process;
  }

  /** A link of a process to the servers; waits for a server. */
  async connect(process: SimProcess): Promise<FakeLink> {
    const { nats, server, random } = this.#deps;
    const isAlone = () => this.#cut !== undefined || !nats.servers.some((one) => nats.accepts(one));
    while (isAlone()) await process.clock.sleepFor(CONNECT_MS);
    if (!process.isAlive) return nothing();
    const latencyMs = (): number => 1 + random.integer(this.latencyMs);
    const link = nats.connect({ server, clock: process.clock, latencyMs });
    this.#links.push({ link, process });
    return link;
  }

  /** The name of the server on this machine, which its processes prefer. */
  get server(): string {
    return this.#deps.server;
  }

  /** The number of open links. */
  get openLinks(): number {
    return this.#links.filter(({ link }) => link.isConnected).length;
  }

  /** Cuts the machine off the servers. */
  cutOff(way: CutWay): void {
    this.#cut = way;
    for (const { link } of this.#links) link.cutOff({ noticedMs: this.#deps.noticedMs, way });
  }

  /** Ends a cut, and messages are as fast as before. */
  heal(): void {
    this.#cut = undefined;
    this.latencyMs = this.#deps.latencyMs;
    for (const { link } of this.#links) link.restore();
  }

  /** Sets the wall clock to the true time, as NTP does: a driver refuses hosts whose clocks are far apart. */
  setClockRight(): void {
    if (this.#aheadMs !== 0) this.stepClock(-this.#aheadMs);
  }

  /** Sets the wall clock. */
  stepClock(byMs: number): void {
    this.#aheadMs += byMs;
    for (const process of this.#alive) this.#deps.clock.setAhead(process, this.#aheadMs);
  }
}
