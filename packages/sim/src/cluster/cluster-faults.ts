// The faults of a cluster, at the times of the plan.
import type { SimClock } from '../sim-clock.ts';
import type { SimLog } from '../sim-log.ts';
import type { SimProcess } from '../sim-process.ts';
import type { ClusterCounts } from './cluster-counts.ts';
import type { ClusterDrivers } from './cluster-drivers.ts';
import type { ClusterHosts } from './cluster-hosts.ts';
import type { ClusterFault, ClusterPlan, HostFault } from './cluster-plan.ts';
import type { ClusterServers } from './cluster-servers.ts';
import type { Machine } from './machine.ts';

/** The parts of the world that faults change. */
export interface ClusterFaultsDeps {
  readonly plan: ClusterPlan;
  readonly clock: SimClock;
  readonly log: SimLog;
  readonly counts: ClusterCounts;
  readonly drivers: ClusterDrivers;
  readonly hosts: ClusterHosts;
  readonly servers: ClusterServers;
  readonly machines: readonly Machine[];
  readonly after: (ms: number, callback: () => void) => void;
}

/** See the header of this file. */
export class ClusterFaults {
  readonly #deps: ClusterFaultsDeps;
  /** True while faults occur. */
  isOn = true;

  constructor(deps: ClusterFaultsDeps) {
    this.#deps = deps;
  }

  /** Schedules all faults. */
  begin(): void {
    for (const fault of this.#deps.plan.faults) this.#deps.after(fault.atMs, () => this.#strike(fault));
  }

  /** Ends every fault. */
  end(): void {
    const { servers, machines, plan, drivers, hosts } = this.#deps;
    this.isOn = false;
    for (const server of servers.nats.servers) servers.nats.restart(server);
    for (const server of servers.nats.servers) servers.nats.resume(server);
    for (const one of servers.nats.servers)
      for (const other of servers.nats.servers) if (one < other) servers.nats.heal(one, other);
    for (const purpose of ['META', 'CKPT', 'BLK_0', 'BLK_1', 'BLK_2']) servers.stream(purpose).isFull = false;
    for (const machine of machines) {
      machine.heal();
      machine.setClockRight();
    }
    for (const machine of machines)
      if (isOfDriver(machine) && drivers.on(machine)?.process.isAlive !== true) drivers.startLater(machine);
    hosts.startAll();
    this.#deps.log.note(`faults are over, of ${plan.faults.length}`);
  }

  #strike(fault: ClusterFault): void {
    const { log, counts } = this.#deps;
    if (!this.isOn) return;
    log.note(`fault: ${JSON.stringify(fault)}`);
    counts.fault(fault.kind);
    this.#begin(fault);
  }

  #begin(fault: ClusterFault): void {
    const { drivers, servers, clock, plan, hosts } = this.#deps;
    switch (fault.kind) {
      case 'driver-death': {
        const machine = drivers.machineOf(fault.machine);
        drivers.on(machine)?.process.kill();
        return drivers.startLater(machine, fault.forMs);
      }
      case 'driver-pause': {
        const process = drivers.on(drivers.machineOf(fault.machine))?.process;
        if (process !== undefined) clock.hold(process, clock.nowMs + fault.forMs);
        return;
      }
      case 'hand-over': {
        const driver = drivers.inCharge;
        if (driver === undefined || driver.isStopping || clock.isHeld(driver.process)) return;
        return void drivers.stop(driver, true).then(() => {
          driver.process.kill();
          drivers.startLater(driver.machine);
        });
      }
      case 'machine-death': {
        const machine = drivers.machineOf(fault.machine);
        drivers.on(machine)?.process.kill();
        drivers.startLater(machine, fault.forMs);
        for (const number of hosts.killOn(machine)) hosts.startLater(number, fault.forMs);
        return this.#serverDies(machine.server, fault.forMs);
      }
      case 'machine-cut': {
        const { server } = drivers.machineOf(fault.machine);
        const others = servers.nats.servers.filter((one) => one !== server);
        for (const other of others) servers.nats.cut(server, other);
        return this.#later(fault.forMs, () => {
          for (const other of others) servers.nats.heal(server, other);
        });
      }
      case 'server-death': {
        return this.#serverDies(servers.named(fault.server), fault.forMs);
      }
      case 'server-pause': {
        const { nats } = servers;
        const server = servers.named(fault.server);
        nats.pause(server, { noticedMs: plan.noticedMs });
        return this.#later(fault.forMs, () => nats.resume(server));
      }
      case 'server-cut': {
        const one = servers.named(fault.server);
        const named = servers.named(fault.other);
        const other = named === one ? (servers.nats.servers.find((name) => name !== one) ?? one) : named;
        servers.nats.cut(one, other);
        return this.#later(fault.forMs, () => servers.nats.heal(one, other));
      }
      case 'host-cut':
      case 'one-way-cut': {
        const machine = drivers.machineOf(fault.machine);
        machine.cutOff(fault.kind === 'host-cut' ? 'both' : fault.way);
        return this.#later(fault.forMs, () => machine.heal());
      }
      case 'slow-link': {
        const machine = drivers.machineOf(fault.machine);
        machine.latencyMs = fault.latencyMs;
        return this.#later(fault.forMs, () => machine.heal());
      }
      case 'clock-step': {
        const machine = drivers.machineOf(fault.machine);
        return machine.stepClock(fault.byMs);
      }
      case 'full-stream': {
        const stream = servers.stream(fault.stream);
        stream.isFull = true;
        return this.#later(fault.forMs, () => (stream.isFull = false));
      }
      default:
        return this.#beginAtHost(fault);
    }
  }

  #beginAtHost(fault: HostFault): void {
    const { hosts, clock } = this.#deps;
    const hold = (process: SimProcess, ms: number): void => clock.hold(process, clock.nowMs + ms);
    switch (fault.kind) {
      case 'executor-death':
        return hosts.executor(fault.host, fault.slot)?.kill();
      case 'executor-pause': {
        const process = hosts.executor(fault.host, fault.slot);
        return process && hold(process, fault.forMs);
      }
      case 'host-death':
        hosts.kill(fault.host);
        return hosts.startLater(fault.host, fault.forMs);
      case 'host-leave':
        return void hosts.leave(fault.host).then(() => hosts.startLater(fault.host, fault.forMs));
      case 'host-pause':
        for (const process of hosts.processesOf(fault.host)) hold(process, fault.forMs);
        return;
      case 'host-off': {
        const machine = hosts.machineOf(fault.host);
        machine?.cutOff('both');
        return this.#later(fault.forMs, () => machine?.heal());
      }
    }
  }

  #serverDies(server: string, forMs: number): void {
    const { nats } = this.#deps.servers;
    nats.kill(server);
    this.#later(forMs, () => nats.restart(server));
  }

  #later(ms: number, callback: () => void): void {
    this.#deps.after(ms, () => {
      if (this.isOn) callback();
    });
  }
}

function isOfDriver({ name }: Machine): boolean {
  return name === 'a' || name === 'b';
}
