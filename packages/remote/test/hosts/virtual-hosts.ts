// Hosts and a driver in one process and on one virtual clock. The wire between them carries decoded and validated copies, and
// may be cut for one host, in both directions.
import { coreError, type Logger, ManualClock, type MillraceError, SeededRandom } from '@millrace/core';
import type { ExecutorProgram } from '@millrace/core/engine';
import { RecordingLogger } from '@millrace/testing';
import { channelPeer } from '../../src/channel-peer.ts';
import { ChannelExecutorSession } from '../../src/executor-session.ts';
import type { ExecutorExit } from '../../src/executor-launcher.ts';
import type { ExecutorRunner, RunningExecutor } from '../../src/hosts/executor-runner.ts';
import { HostAgent } from '../../src/hosts/host-agent.ts';
import { HostLauncher } from '../../src/hosts/host-launcher.ts';
import { driverBeat, hostBeat, hostReply, hostRequest } from '../../src/hosts/host-message-shapes.ts';
import type {
  DriverBeat,
  HostBeat,
  HostDescription,
  HostLaunch,
  HostProgram,
  HostReply,
  HostRequest,
} from '../../src/hosts/host-messages.ts';
import type { DriverWire, HostWire } from '../../src/hosts/host-wire.ts';
import { memoryConnector, MemoryEnd } from '../../src/memory-connection.ts';
import { RemoteExecutorBackend } from '../../src/remote-executor-backend.ts';
import type { RemoteExecutorOptions } from '../../src/remote-options.ts';
import type { Connector } from '../../src/transport.ts';
import { remoteOptions } from '../remote-options.ts';

/** The program of driver and hosts. */
export const PROGRAM: HostProgram = {
  digest: 'digest',
  versions: { wire: 1, millrace: '0.1.0', node: 'v24.0.0' },
};

/** A host under the control of a test. */
export interface VirtualHost {
  readonly agent: HostAgent;
  /** The launches that have run, with the way to end each. */
  readonly executors: Map<string, { readonly launch: HostLaunch; exit(reason: MillraceError): void }>;
  /** Everything that the host has said. */
  readonly beats: readonly HostBeat[];
  /** The process of the host is gone: nothing is said any more. */
  die(): void;
}

interface Attached {
  answer: ((request: HostRequest) => Promise<HostReply>) | undefined;
  onDriver: ((beat: DriverBeat) => void) | undefined;
}

/** A network of one application. */
export class VirtualHosts {
  readonly clock = new ManualClock(10_000);
  readonly log = new RecordingLogger();
  /** Hosts whose messages get lost, in both directions. */
  readonly cut = new Set<string>();
  /** All requests that reached a host. */
  readonly requests: { readonly host: string; readonly request: HostRequest }[] = [];
  /** False: the driver has noticed that its connection is broken. All hosts should be cut then. */
  isDriverConnected = true;
  /** The clocks of hosts minus that of drivers, in milliseconds. */
  clockOffsetMs = 0;
  /** The time of a request and its answer, in milliseconds. */
  roundTripMs = 0;
  /** The number of requests whose answers get lost. */
  lostReplies = 0;
  readonly #random = new SeededRandom(7);
  readonly #hosts = new Map<string, Attached>();
  readonly #drivers = new Set<(beat: HostBeat) => void>();
  /** The executors' ends of sessions. */
  readonly #sessions = new Map<string, MemoryEnd>();
  readonly #program: ExecutorProgram | undefined;

  constructor(program?: ExecutorProgram) {
    this.#program = program;
  }

  /** A driver's launcher. */
  launcher(
    changed: { readonly program?: HostProgram; readonly log?: Logger; readonly dataSecret?: Uint8Array } = {},
  ): HostLauncher {
    const { log = this.log, program = PROGRAM, dataSecret } = changed;
    return new HostLauncher({
      wire: this.#driverWire(),
      connector: memoryConnector(),
      newSession: () => this.#random.id(12),
      openSession: (session) => {
        const [end, far] = MemoryEnd.pair();
        this.#sessions.set(session, far);
        return end;
      },
      clock: this.clock,
      random: this.#random,
      log,
      program,
      argv: ['--delay', '5'],
      ...(dataSecret === undefined ? {} : { dataSecret }),
    });
  }

  /** A driver's backend. */
  backend(options: Partial<RemoteExecutorOptions> = {}): RemoteExecutorBackend {
    const { clock, log } = this;
    const launcher = this.launcher();
    return new RemoteExecutorBackend({
      launcher,
      clock,
      random: this.#random,
      log,
      options: remoteOptions(options),
      name: 'hosts',
    });
  }

  /** Starts a host. */
  host(name: string, slots = 2, changed: Partial<HostDescription> = {}): VirtualHost {
    const executors: VirtualHost['executors'] = new Map();
    const beats: HostBeat[] = [];
    const attached: Attached = { answer: undefined, onDriver: undefined };
    let isDead = false;
    const namesake = this.#hosts.get(name);
    this.#hosts.set(name, attached);
    const wire: HostWire = {
      beat: (beat) => {
        beats.push(beat);
        if (!isDead && !this.cut.has(name)) this.hostSays(beat);
      },
      onDriver: (take) => (attached.onDriver = take),
      onRequest: (answer) => (attached.answer = answer),
      close: () => {
        attached.answer = undefined;
        attached.onDriver = undefined;
      },
    };
    const description: HostDescription = {
      ...PROGRAM,
      host: name,
      incarnation: this.#random.id(8),
      slots,
      cores: 4,
      ...changed,
    };
    const runner: ExecutorRunner = { run: (launch) => this.#run(launch, executors) };
    const agent = new HostAgent({ description, wire, runner, clock: this.clock, log: this.log });
    agent.start();
    const die = () => {
      isDead = true;
      wire.close();
      // Another host of the name hears again.
      if (namesake?.answer !== undefined && this.#hosts.get(name) === attached)
        this.#hosts.set(name, namesake);
    };
    return { agent, executors, beats, die };
  }

  /** Sends a beat of a host to all drivers. */
  hostSays(beat: HostBeat): void {
    this.#deliver(() => this.#drivers, hostBeat(structuredClone(beat)));
  }

  /** Sends a beat of a driver to all hosts. */
  driverSays(beat: DriverBeat): void {
    this.#deliver(
      () => [...this.#hosts].flatMap(([name, host]) => (this.cut.has(name) ? [] : [host.onDriver])),
      beat,
    );
  }

  /** Sends a request to a host as a driver does. */
  async ask(name: string, request: HostRequest): Promise<HostReply> {
    const read = hostRequest(structuredClone(request));
    const answer = this.#hosts.get(name)?.answer;
    if (read === undefined || answer === undefined || this.cut.has(name)) return this.#noAnswer();
    this.requests.push({ host: name, request: read });
    const answered = hostReply(structuredClone(await answer(read)));
    const reply = answered?.isOk ? { ...answered, wallMs: answered.wallMs + this.clockOffsetMs } : answered;
    if (this.roundTripMs > 0) await this.clock.sleepFor(this.roundTripMs);
    if (this.lostReplies > 0) {
      this.lostReplies -= 1;
      return this.#noAnswer();
    }
    return reply === undefined || this.cut.has(name) ? this.#noAnswer() : reply;
  }

  async #noAnswer(): Promise<never> {
    await this.clock.sleepFor(1_000);
    throw new Error('no answer');
  }

  #driverWire(): DriverWire {
    let own: ((beat: HostBeat) => void) | undefined;
    const isConnected = () => this.isDriverConnected;
    return {
      get isConnected() {
        return isConnected();
      },
      beat: (beat) => this.driverSays(driverBeat(structuredClone(beat)) ?? beat),
      onHost: (take) => {
        own = take;
        this.#drivers.add(take);
      },
      request: (host, request) => this.ask(host, request),
      close: () => {
        if (own !== undefined) this.#drivers.delete(own);
      },
    };
  }

  #deliver<T>(to: () => Iterable<((message: T) => void) | undefined>, message: T | undefined): void {
    if (message === undefined) throw new TypeError('a message does not pass its validation');
    queueMicrotask(() => {
      for (const take of to()) take?.(message);
    });
  }

  #run(launch: HostLaunch, executors: VirtualHost['executors']): RunningExecutor {
    const { executorId, application, session } = launch;
    const far = this.#sessions.get(session);
    const ends = far === undefined ? [] : [far];
    let exited: ((exit: ExecutorExit) => void) | undefined;
    const exit = (reason: MillraceError): void => {
      for (const end of ends) end.close();
      executors.delete(executorId);
      exited?.({ reason, isQuiet: false });
      exited = undefined;
    };
    executors.set(executorId, { launch, exit });
    const adopt: Connector['adopt'] = (attachment, service) => {
      ends.push(attachment as MemoryEnd);
      return channelPeer(attachment as MemoryEnd, service);
    };
    if (this.#program !== undefined && far !== undefined) {
      const served = new ChannelExecutorSession({
        slot: `${launch.slot}`,
        application,
        end: far,
        connector: { adopt },
      });
      served.serve(this.#program).catch((reason: MillraceError) => exit(reason));
    }
    return {
      onExit: (listener) => (exited = listener),
      terminate: async () => exit(coreError('MR_EXECUTOR_UNREACHABLE', 'terminated')),
    };
  }
}
