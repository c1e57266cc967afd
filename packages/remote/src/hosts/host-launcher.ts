// The `ExecutorLauncher` over hosts: places come and go with hosts, and an executor gets a free slot of the host with the most
// free slots.
import type { Clock, Logger, MillraceError, RandomSource, Timer } from '@millrace/core';
import type {
  ExecutorLauncher,
  LaunchedExecutor,
  LauncherOpening,
  LaunchRequest,
} from '../executor-launcher.ts';
import { directPair } from '../data/direct-connector.ts';
import { remoteError } from '../remote-errors.ts';
import type { Connector, Transport } from '../transport.ts';
import { HostExecutor } from './host-executor.ts';
import type { DriverIdentity, HostBeat, HostProgram } from './host-messages.ts';
import { HostRoster } from './host-roster.ts';
import type { DriverWire } from './host-wire.ts';
import type { KnownHost } from './known-host.ts';

/** Collaborators of a `HostLauncher`. */
export interface HostLauncherDeps {
  readonly wire: DriverWire;
  /** Connects executors with each other. */
  readonly connector: Connector;
  /** A name for a session that was never used before. */
  readonly newSession: () => string;
  /** The driver's end of a session; the executor has the other end. */
  readonly openSession: (session: string) => Transport;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  /** The code that the driver runs. */
  readonly program: HostProgram;
  /** The arguments of the program on executors. */
  readonly argv: readonly string[];
  /**
   * The secret of direct transfer: 32 bytes that nobody can guess. Attachments of connections then name the data server of the
   * other host, for `directAdoption`. Absent: executors fetch over sessions only.
   */
  readonly dataSecret?: Uint8Array;
  /** The longest wait for hosts at the start, in milliseconds. Default 2,000. */
  readonly rollCallMs?: number;
  /** A host without a beat for this long is lost, in milliseconds. Default 5,000. */
  readonly hostSilentMs?: number;
  /** A host whose wall clock certainly differs from the driver's by more gets no executors, in milliseconds. Default 5,000. */
  readonly clockOffsetMaxMs?: number;
}

const ROLL_CALL_MS = 2_000;
/** Hosts answer a roll call at once: without a new place for this long, those that are there have answered. */
const SETTLED_MS = 250;
const HOST_SILENT_MS = 5_000;
const CLOCK_OFFSET_MAX_MS = 5_000;
const NAME_LENGTH = 12;

/** Launches executors on hosts. */
export class HostLauncher implements ExecutorLauncher {
  readonly spansHosts = true;
  readonly #deps: HostLauncherDeps;
  readonly #executors = new Map<
    string,
    { readonly executor: HostExecutor; readonly host: string; readonly slot: number }
  >();
  /** The number of earlier executors, by host and slot. */
  readonly #lives = new Map<string, number>();
  readonly #identity: Omit<DriverIdentity, 'epoch'>;
  #epoch = 0;
  #roster: HostRoster | undefined;
  #changed: (() => void) | undefined;
  #wanted = Infinity;
  #isCalling = false;
  #settled: Timer | undefined;
  /** Resolves when the roll call is over. */
  readonly #opened = Promise.withResolvers<void>();

  constructor(deps: HostLauncherDeps) {
    this.#deps = deps;
    this.#identity = { driver: deps.random.id(NAME_LENGTH) };
    const { connector, dataSecret } = deps;
    this.pair =
      dataSecret === undefined
        ? (one, two) => connector.pair(one, two)
        : directPair(connector.pair, ({ host }) => this.#dataAddressOf(host));
  }

  get places(): number {
    return this.#roster?.places ?? 0;
  }

  readonly pair: Connector['pair'];

  readonly adopt: Connector['adopt'] = (attachment, service) =>
    this.#deps.connector.adopt(attachment, service);

  onPlaces(changed: () => void): void {
    this.#changed = changed;
  }

  /**
   * Calls the roll, and waits until there are enough places, until no more places come for 250 ms if no number is wanted, or until the
   * time is over.
   */
  async open({ epoch, wanted }: LauncherOpening): Promise<void> {
    const {
      wire,
      clock,
      log,
      program,
      rollCallMs = ROLL_CALL_MS,
      hostSilentMs = HOST_SILENT_MS,
      clockOffsetMaxMs = CLOCK_OFFSET_MAX_MS,
    } = this.#deps;
    this.#epoch = epoch;
    this.#roster = new HostRoster({
      wire,
      clock,
      log,
      program,
      identity: { ...this.#identity, epoch },
      silentMs: hostSilentMs,
      clockOffsetMaxMs,
      onPlaces: () => this.#onPlaces(),
      onBeat: ({ beat }) => this.#onBeat(beat),
      onLost: (host, reason) => this.#onLost(host, reason),
    });
    this.#wanted = wanted ?? Infinity;
    this.#isCalling = true;
    this.#roster.start();
    const timer = clock.after(rollCallMs, () => this.#opened.resolve());
    await this.#opened.promise;
    timer.cancel();
    this.#settled?.cancel();
    this.#isCalling = false;
    if (this.places === 0)
      log.warn('no host offers a place yet; executors start as soon as a host joins', { rollCallMs });
  }

  /** @throws `MR_REMOTE_NO_PLACE` when all slots of all hosts are occupied. */
  launch({ application }: LaunchRequest): LaunchedExecutor {
    const { clock, wire, argv, newSession, openSession, dataSecret } = this.#deps;
    const { name: host, slot } = this.#freePlace();
    const place = `${host}-${slot}`;
    const life = this.#lives.get(place) ?? 0;
    this.#lives.set(place, life + 1);
    const session = newSession();
    const executorId = `${place}.${this.#epoch}.${life}`;
    const executor = new HostExecutor({
      host,
      wire,
      clock,
      end: openSession(session),
      launch: {
        kind: 'launch',
        ...this.#identity,
        epoch: this.#epoch,
        session,
        slot,
        executorId,
        application,
        argv,
        ...(dataSecret === undefined ? {} : { dataSecret }),
      },
      onGone: () => {
        this.#executors.delete(session);
        this.#onPlaces();
      },
    });
    this.#executors.set(session, { executor, host, slot });
    return executor;
  }

  async close(): Promise<void> {
    this.#roster?.stop();
    this.#opened.resolve();
  }

  #dataAddressOf(host: string): string | undefined {
    return this.#roster?.hosts().find(({ name }) => name === host)?.beat.dataAddress;
  }

  /** The lowest free slot of the host with the most free slots. */
  #freePlace(): { readonly name: string; readonly slot: number } {
    const hosts = this.#roster?.hosts() ?? [];
    const free = hosts
      .map(({ name, places }) => ({ name, slots: this.#freeSlots(name, places) }))
      .toSorted((one, two) => two.slots.length - one.slots.length || (one.name < two.name ? -1 : 1));
    const [best] = free;
    const slot = best?.slots[0];
    if (best === undefined || slot === undefined) {
      const known = hosts
        .map(({ name, standing, places }) => `${name} (${standing}, ${places} slots)`)
        .join(', ');
      throw remoteError(
        'MR_REMOTE_NO_PLACE',
        `no host has a free slot; known hosts: ${known === '' ? 'none' : known}`,
      );
    }
    return { name: best.name, slot };
  }

  #freeSlots(host: string, places: number): readonly number[] {
    const taken = new Set(
      [...this.#executors.values()].filter((one) => one.host === host).map(({ slot }) => slot),
    );
    return Array.from({ length: places }, (_, slot) => slot).filter((slot) => !taken.has(slot));
  }

  #onPlaces(): void {
    if (this.places >= this.#wanted) this.#opened.resolve();
    else if (this.#isCalling && this.places > 0 && this.#wanted === Infinity) this.#settleLater();
    this.#changed?.();
  }

  #settleLater(): void {
    this.#settled?.cancel();
    this.#settled = this.#deps.clock.after(SETTLED_MS, () => this.#opened.resolve());
  }

  #onBeat(beat: HostBeat): void {
    for (const { executor, host } of this.#executors.values()) if (host === beat.host) executor.heard(beat);
  }

  #onLost({ name }: KnownHost, reason: MillraceError): void {
    for (const { executor, host } of this.#executors.values()) if (host === name) executor.lost(reason);
  }
}
