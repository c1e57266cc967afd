// What runs on the machines of a cluster: servers of NATS on all three, drivers on 1 and 2, hosts of executors on 2 and 3, and the
// server that takes results beside the bridge.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MachineProcess } from './machine-process.ts';
import { MONITOR_PORT, NATS_PORT, NatsServer } from './nats-server.ts';
import { addressOf, BRIDGE, type Network } from './network.ts';
import { type ExecutorOrder, MACHINE_KEY, orderFile } from './orders.ts';
import { RESULTS_PORT } from './results-port.ts';

/** The machines. */
export const MACHINES = [1, 2, 3] as const;
/** The machines with a driver. */
export const DRIVERS = [1, 2] as const;
/** The machines with a host of executors. */
export const HOSTS = [2, 3] as const;

const DATA_PORT = 7070;
const MIB = 1024 * 1024;
const NODE = [process.execPath, '--conditions=millrace:source', '--no-warnings'];

const listOf = (one: (machine: number) => string): string => MACHINES.map(one).join(',');
/** The servers, for clients. */
export const SERVERS = listOf((machine) => `${addressOf(machine)}:${NATS_PORT}`);
const MONITORS = listOf((machine) => `http://${addressOf(machine)}:${MONITOR_PORT}`);

/** The program of a cluster. */
export interface ClusterProgram {
  /** The `appName`. */
  readonly app: string;
  /** The script. Arguments: servers, monitors, the URL of the results, the directory of the run. */
  readonly script: string;
}

/** A command of `@millrace/nats`. */
function commandOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.resolve('@millrace/nats')));
}

/** Starts and ends the parts. Every part has a log in the directory. */
export class Cluster {
  readonly network: Network;
  readonly #directory: string;
  readonly #program: ClusterProgram;
  readonly #drivers = new Map<number, MachineProcess>();
  readonly #hosts = new Map<number, MachineProcess>();
  readonly #servers = new Map<number, NatsServer>();
  readonly #beside: MachineProcess[] = [];
  #driverInCharge: number | undefined;
  #isEnding = false;

  constructor(network: Network, directory: string, program: ClusterProgram) {
    this.network = network;
    this.#directory = directory;
    this.#program = program;
  }

  /** The machine of the driver that has reported last that it is in charge. */
  get driverInCharge(): number | undefined {
    return this.#driverInCharge;
  }

  async startCollector(onDelivery: (line: string) => void): Promise<void> {
    const collector = join(import.meta.dirname, 'collector.ts');
    const started = this.startBeside('collector', [collector, addressOf(BRIDGE)], (line) => {
      if (line.startsWith('{')) onDelivery(line);
    });
    await started.writes('listening');
  }

  /** Starts a script of Node beside the bridge, where no fault of a machine reaches the script. */
  startBeside(name: string, args: readonly string[], onLine: (line: string) => void): MachineProcess {
    const started = this.#start(name, BRIDGE, args, onLine);
    this.#beside.push(started);
    return started;
  }

  /** Starts a server of NATS, also one that was killed. */
  async startServer(machine: number): Promise<void> {
    this.#assertNotEnding();
    const namespace = this.network.namespaceOf(machine);
    const directory = join(this.#directory, `server-${machine}`);
    const known = this.#servers.get(machine);
    const server = known ?? new NatsServer({ namespace, machine, machines: MACHINES, directory });
    this.#servers.set(machine, server);
    await server.start();
  }

  async killServer(machine: number): Promise<void> {
    await this.#servers.get(machine)?.kill();
  }

  /** Sends a signal to the server of a machine: SIGSTOP pauses the server until SIGCONT. */
  signalServer(machine: number, signal: NodeJS.Signals): void {
    this.#servers.get(machine)?.signal(signal);
  }

  async makeStreams(): Promise<void> {
    const sizes = ['--log-bytes', '--checkpoint-bytes', '--block-bytes'].flatMap((name) => [
      name,
      `${128 * MIB}`,
    ]);
    const own = ['init', '--servers', SERVERS, '--app', this.#program.app, '--monitors', MONITORS];
    const init = this.#start('init', 1, [commandOf('nats-main.ts'), ...own, ...sizes]);
    if ((await init.ended()) !== 0) throw new Error(`millrace-nats init failed, see ${this.#log('init-1')}`);
  }

  async startHost(machine: number): Promise<void> {
    const address = `${addressOf(machine)}:${DATA_PORT}`;
    const own = [
      '--servers',
      SERVERS,
      '--app',
      this.#program.app,
      '--name',
      `machine-${machine}`,
      '--program',
      this.#program.script,
    ];
    const data = ['--executors', '2', '--listen', address, '--insecure-data'];
    const host = this.#start('host', machine, [commandOf('host-main.ts'), ...own, ...data]);
    this.#hosts.set(machine, host);
    await host.writes('the host offers executors');
  }

  async killHost(machine: number): Promise<void> {
    await this.#hosts.get(machine)?.end('SIGKILL');
  }

  /** Sends a signal to the host of a machine. */
  signalHost(machine: number, signal: NodeJS.Signals): void {
    this.#hosts.get(machine)?.signal(signal);
  }

  /** True when the host of a machine has ended, in whatever way. */
  hasHostEnded(machine: number): boolean {
    return this.#hosts.get(machine)?.hasEnded ?? false;
  }

  /** Starts a driver; resolves when the driver is in charge or stands by. */
  async startDriver(machine: number): Promise<void> {
    const url = `http://${addressOf(BRIDGE)}:${RESULTS_PORT}/`;
    const driver = this.#start(
      'driver',
      machine,
      [this.#program.script, SERVERS, MONITORS, url, this.#directory],
      (line) => {
        if (line.startsWith('in charge')) this.#driverInCharge = machine;
      },
    );
    this.#drivers.set(machine, driver);
    await Promise.any([driver.writes('in charge'), driver.writes('stands by')]);
  }

  async killDriver(machine: number): Promise<void> {
    await this.#drivers.get(machine)?.end('SIGKILL');
  }

  /** Sends a signal to the driver of a machine. */
  signalDriver(machine: number, signal: NodeJS.Signals): void {
    this.#drivers.get(machine)?.signal(signal);
  }

  /** The exit code of the driver of a machine, once the driver has ended by itself. */
  exitOfDriver(machine: number): number | undefined {
    return this.#drivers.get(machine)?.exitCode;
  }

  /** Gives one executor of the machine's host an order; see `obeyOrders`. */
  orderExecutor(order: ExecutorOrder, machine: number): void {
    writeFileSync(join(this.#directory, orderFile(order, machine)), '');
  }

  /** Stops the application; resolves when both drivers have ended. The exit codes. */
  async stopDrivers(): Promise<readonly (number | undefined)[]> {
    const inCharge = this.#drivers.get(this.#driverInCharge ?? 0);
    await inCharge?.end('SIGTERM');
    return Promise.all([...this.#drivers.values()].map((driver) => driver.ended()));
  }

  /** Ends everything; nothing starts afterwards. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const processes = [...this.#drivers.values(), ...this.#hosts.values(), ...this.#beside];
    await Promise.all(processes.map((one) => one.end('SIGKILL')));
    await Promise.all([...this.#servers.values()].map((server) => server.end()));
  }

  #start(
    name: string,
    machine: number,
    args: readonly string[],
    onLine?: (line: string) => void,
  ): MachineProcess {
    this.#assertNotEnding();
    return new MachineProcess({
      namespace: this.network.namespaceOf(machine),
      command: [...NODE, ...args],
      env: { [MACHINE_KEY]: String(machine) },
      log: this.#log(`${name}-${machine}`),
      ...(onLine === undefined ? {} : { onLine }),
    });
  }

  #assertNotEnding(): void {
    if (this.#isEnding) throw new Error('the cluster ends');
  }

  #log(name: string): string {
    return join(this.#directory, `${name}.log`);
  }
}
