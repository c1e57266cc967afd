// Executors of a simulated world: processes of their own, each with its own copy of the program and its own ports. The
// backend here is an implementation of the port like any other: it fills its places, tells the driver who is there,
// carries messages over the faulty network, and replaces who died. It notices a death after a while, as a real one would.
import type { ExecutorBackend, ExecutorDescription, ExecutorId } from '@millrace/core';
import { coreError } from '@millrace/core';
import {
  type DriverEndpoint,
  type ExecutorEndpoint,
  type DriverProgram,
  type ExecutorProtocol,
  type ExecutorSession,
  type ExecutorProgram,
} from '@millrace/core/engine';
import type { SimClock } from './sim-clock.ts';
import type { Message, SimNetwork } from './sim-network.ts';
import { nothing, type SimProcess } from './sim-process.ts';

/** What executors need of their world. */
export interface SimExecutorsSetup {
  readonly count: number;
  readonly clock: SimClock;
  readonly network: SimNetwork;
  /** The driver whose executors they are. */
  readonly driver: SimProcess;
  /** Who was launched last for each place, over all drivers. */
  readonly places: Map<number, SimProcess>;
  /** How long executors go on after the death of their driver, in ms, now. */
  readonly outliveMs: () => number;
  /** Told when one does. */
  readonly onOutlived: () => void;
  /** Makes this driver the one that executors reach. */
  readonly takeCharge: (driver: DriverInCharge) => void;
  /** The driver that executors reach, whoever launched them. */
  readonly inCharge: () => DriverInCharge | undefined;
  /** Told of the epoch of every question of the driver. */
  readonly onEpoch: (epoch: number) => void;
  /** Makes a process that runs a copy of the program, which will serve at the session. */
  readonly spawn: (name: string, session: ExecutorSession) => SimProcess;
}

/** A driver at the address at which executors look for theirs. */
export interface DriverInCharge {
  readonly process: SimProcess;
  readonly endpoint: DriverEndpoint;
}

interface Running {
  readonly slot: number;
  readonly process: SimProcess;
  readonly description: ExecutorDescription;
  endpoint: ExecutorEndpoint | undefined;
}

/** How long nobody notices that an executor is gone, and how long until its place is filled again, in ms. */
const NOTICED_AFTER_MS = 20;
const REPLACED_AFTER_MS = 60;

/** See the header of this file. One for each driver. */
export class SimExecutors implements ExecutorBackend {
  readonly name = 'simulated';
  readonly isRemote = true;
  readonly #setup: SimExecutorsSetup;
  readonly #alive = new Map<ExecutorId, Running>();
  readonly #processes = new Set<SimProcess>();
  #program: DriverProgram | undefined;
  #launched = 0;
  #isStopped = false;

  constructor(setup: SimExecutorsSetup) {
    this.#setup = setup;
    setup.driver.onDeath(() => this.#driverDied());
  }

  /** The processes that serve now. */
  get processes(): readonly SimProcess[] {
    return [...this.#alive.values()].map(({ process }) => process).filter(({ isAlive }) => isAlive);
  }

  async start(program: DriverProgram): Promise<void> {
    this.#program = program;
    this.#setup.takeCharge({ process: this.#setup.driver, endpoint: program.driver });
    for (let slot = 0; slot < this.#setup.count; slot += 1) this.#launch(slot);
  }

  executors(): readonly ExecutorDescription[] {
    return [...this.#alive.values()].map(({ description }) => description);
  }

  async ask<K extends keyof ExecutorProtocol>(
    executorId: ExecutorId,
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']> {
    if ('epoch' in request) this.#setup.onEpoch(request.epoch);
    return this.#ask({ from: this.#setup.driver }, executorId, kind, request);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const endpoints = [...this.#alive.values()].map(({ endpoint }) => endpoint?.close());
    const waiting = new AbortController();
    // Rejects when it is called off.
    const patience = this.#setup.driver.clock.sleepFor(500, waiting.signal).catch(() => undefined);
    await Promise.race([Promise.all(endpoints), patience]);
    waiting.abort();
    this.#killAll();
  }

  /** The driver gives up an executor that it cannot reach, and has it replaced; whether it still runs, nobody knows. */
  giveUp(process: SimProcess): void {
    for (const [executorId, running] of this.#alive) {
      if (running.process !== process) continue;
      this.#lost(executorId, 'it cannot be reached');
      this.#launch(running.slot);
    }
  }

  #launch(slot: number): void {
    const { driver, spawn, clock } = this.#setup;
    if (this.#isStopped || !driver.isAlive) return;
    const life = this.#launched;
    this.#launched += 1;
    const executorId = `executor-${life}`;
    const before = this.#setup.places.get(slot);
    const session: ExecutorSession = {
      // Who was given up may still run somewhere, and hold what is kept under the name of the place.
      slot: before?.isAlive === true ? `${slot}-${driver.name}-${life}` : `${slot}`,
      isFor: () => true,
      serve: (served) => {
        this.#serve(running, served);
        return nothing();
      },
    };
    const process = spawn(`${driver.name}/${executorId}`, session);
    this.#setup.places.set(slot, process);
    this.#processes.add(process);
    // Its first steps may have been the driver's last.
    if (!driver.isAlive) return process.kill();
    const running: Running = {
      slot,
      process,
      description: { executorId, host: `host-${slot}`, cores: 2 },
      endpoint: undefined,
    };
    process.onDeath(() =>
      clock.after(driver, NOTICED_AFTER_MS, () => {
        this.#lost(executorId, 'its process is gone');
        if (this.#setup.places.get(slot) === process) {
          clock.after(driver, REPLACED_AFTER_MS, () => this.#launch(slot));
        }
      }),
    );
  }

  #serve(running: Running, served: ExecutorProgram): void {
    const { process, description } = running;
    const { driver, network } = this.#setup;
    const program = this.#program;
    if (program === undefined || !driver.isAlive || !process.isAlive) return;
    if (served.fingerprint !== program.fingerprint)
      throw new Error('driver and executor built different graphs');
    const toDriver = {
      ask: (kind: string, request: unknown) => {
        // Whoever is in charge has the address now.
        const to = this.#setup.inCharge() ?? { process: driver, endpoint: program.driver };
        const message = (at: DriverInCharge) => ({
          from: process,
          to: at.process,
          kind,
          request,
          handle: (arrived: unknown) => at.endpoint.ask(kind as 'AddBlock', arrived as never),
        });
        // Held up for long, it comes once more, to whoever is in charge by then.
        network.comesLate(process, () => {
          const later = this.#setup.inCharge();
          if (later !== undefined && later !== to) void network.ask(message(later)).catch(() => undefined);
        });
        return network.ask(message(to));
      },
    };
    const peers = {
      ask: (id: ExecutorId, kind: string, request: unknown) =>
        this.#ask({ from: process, isAmongPeers: true }, id, kind as 'FetchBlock', request as never),
    };
    running.endpoint = served.createExecutor({
      ...description,
      // Kind and types belong together on both sides; in between they are data.
      driver: toDriver,
      peers,
    });
    this.#alive.set(description.executorId, running);
    program.membership.onExecutorAdded(description);
  }

  async #ask<K extends keyof ExecutorProtocol>(
    asker: Pick<Message<unknown>, 'from' | 'isAmongPeers'>,
    executorId: ExecutorId,
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']> {
    const running = this.#alive.get(executorId);
    const endpoint = running?.endpoint;
    if (running === undefined || endpoint === undefined) {
      throw coreError('MR_EXECUTOR_UNREACHABLE', `executor ${executorId} is not alive`, {
        details: { executorId, kind },
      });
    }
    const { process } = running;
    return this.#setup.network.ask({
      ...asker,
      to: process,
      kind,
      request,
      handle: (arrived) => endpoint.ask(kind, arrived as ExecutorProtocol[K]['request']),
    });
  }

  #lost(executorId: ExecutorId, reason: string): void {
    if (!this.#alive.delete(executorId) || this.#isStopped) return;
    this.#program?.membership.onExecutorLost(executorId, reason);
  }

  /** They are children of their driver, but some outlive it for a while. */
  #driverDied(): void {
    this.#isStopped = true;
    const outliveMs = this.#setup.outliveMs();
    if (outliveMs === 0) return this.#killAll();
    for (const process of this.#processes) {
      if (!process.isAlive) continue;
      this.#setup.onOutlived();
      this.#setup.clock.after(process, outliveMs, () => process.kill());
    }
  }

  #killAll(): void {
    this.#isStopped = true;
    for (const process of this.#processes) process.kill();
  }
}
