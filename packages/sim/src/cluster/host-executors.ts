// The executors of one life of a host: processes with a copy of the program each, in place of threads.
import { coreError, isMillraceError, messageOf } from '@millrace/core';
import { executorOnHost, LateLink } from '@millrace/nats/testing';
import type { ExecutorExit, ExecutorRunner, HostLaunch, RunningExecutor } from '@millrace/remote';
import type { SimProcess } from '../sim-process.ts';
import type { ClusterHostsDeps } from './cluster-hosts.ts';
import { APP, createClusterEngine } from './cluster-engine.ts';
import { buildClusterProgram } from './cluster-program.ts';
import type { Machine } from './machine.ts';

/** Collaborators. */
export interface HostExecutorsDeps extends ClusterHostsDeps {
  readonly machine: Machine;
  /** The name of the host. */
  readonly host: string;
  /** The process of the host. */
  readonly process: SimProcess;
}

interface Running {
  readonly process: SimProcess;
  readonly slot: number;
  readonly epoch: number;
}

/** The time until a host notices the end of an executor, in ms. */
const NOTICED_MS = 5;
/** The longest time of a connection, in ms. */
const CONNECT_MS = 20;
/** One executor of so many has a late connection. */
const LATE_IN = 2;

/** See the header of this file. */
export class HostExecutors implements ExecutorRunner {
  readonly #deps: HostExecutorsDeps;
  readonly #running = new Set<Running>();
  #newestEpoch = 0;

  constructor(deps: HostExecutorsDeps) {
    this.#deps = deps;
  }

  /** The running processes. */
  get processes(): readonly SimProcess[] {
    return [...this.#running].map(({ process }) => process);
  }

  /** The epochs of the running executors. */
  get epochs(): readonly number[] {
    return [...this.#running].map(({ epoch }) => epoch);
  }

  /** The executor in a slot. */
  inSlot(slot: number): SimProcess | undefined {
    return [...this.#running].find((one) => one.slot === slot)?.process;
  }

  /** Kills all executors. */
  killAll(): void {
    for (const process of this.processes) process.kill();
  }

  run(launch: HostLaunch): RunningExecutor {
    const { machine, log, clock } = this.#deps;
    const { slot, epoch, executorId } = launch;
    this.#checkEpoch(launch);
    const process = machine.spawn('e');
    log.note(`${process.name} is executor ${executorId}`);
    const running = { process, slot, epoch };
    this.#running.add(running);
    let exited: ((exit: ExecutorExit) => void) | undefined;
    let reason = coreError('MR_EXECUTOR_UNREACHABLE', `${process.name} crashed`);
    process.onDeath(() => {
      log.note(`${process.name} is dead`);
      this.#running.delete(running);
      clock.after(this.#deps.process, NOTICED_MS, () => exited?.({ reason, isQuiet: false }));
    });
    this.#serve(process, launch).catch((error: unknown) => {
      log.note(`${process.name} ended: ${messageOf(error)}`);
      if (isMillraceError(error)) reason = error;
      process.kill();
    });
    return {
      onExit: (listener) => (exited = listener),
      terminate: async () => process.kill(),
    };
  }

  #serve(process: SimProcess, { session, slot, epoch, dataSecret: secret }: HostLaunch): Promise<void> {
    const { plan, machine, host, random, log, sources, outputs, violated } = this.#deps;
    const chance = random(`process-${process.name}`);
    const { executor } = executorOnHost({
      data: { app: APP, session, slot: `${host}-${slot}`, ...(secret && { direct: { secret } }) },
      link: new LateLink(this.#connect(process)),
      clock: process.clock,
      random: chance,
    });
    const ports = { process, random: chance, log: log.of(process.name), machine, executor };
    const ssc = createClusterEngine(plan, ports);
    buildClusterProgram(ssc, {
      plan,
      process,
      random: random(`program-${process.name}`),
      sources,
      outputs,
      onTask: (by) => {
        if (by !== epoch)
          violated('BACKEND-16', `${process.name} of epoch ${epoch} runs a task of epoch ${by}`);
      },
    });
    return ssc.start();
  }

  async #connect(process: SimProcess) {
    const { plan, machine, random, isFaulty, counts } = this.#deps;
    const { lateSessionMs = 0 } = plan.messages;
    const chance = random(`connection-${process.name}`);
    const isLate = lateSessionMs > 0 && isFaulty() && chance.integer(LATE_IN) === 0;
    if (isLate) counts.fault('late-session');
    await process.clock.sleepFor(1 + chance.integer(isLate ? lateSessionMs : CONNECT_MS));
    return machine.connect(process);
  }

  /** A host serves the driver with the highest epoch, and nothing of earlier drivers runs beside its executors. */
  #checkEpoch({ epoch, executorId }: HostLaunch): void {
    const { violated, counts, host } = this.#deps;
    if (epoch < this.#newestEpoch)
      violated(
        'BACKEND-28',
        `${host} launches ${executorId} after an executor of epoch ${this.#newestEpoch}`,
      );
    if (this.#newestEpoch > 0 && epoch > this.#newestEpoch) counts.state('a host changes its driver');
    this.#newestEpoch = Math.max(epoch, this.#newestEpoch);
    const old = this.epochs.find((other) => other !== epoch);
    if (old !== undefined)
      violated('BACKEND-28', `${host} launches ${executorId} beside a running executor of epoch ${old}`);
  }
}
