// The hosts that a driver knows. A host is found by its beat, compared, asked to join, and lost after a time without beats,
// or when another incarnation of its name has answered: a beat alone may come late from a process that is long gone, for instance
// out of a server that stood still.
import type { Clock, Logger, MillraceError, SerializedError, Timer } from '@millrace/core';
import { deserializeError } from '@millrace/core/engine';
import { remoteError } from '../remote-errors.ts';
import { clockApart, clockOffset } from './host-clock.ts';
import { hostDifference } from './host-difference.ts';
import { BEAT_MS, type DriverIdentity, type HostBeat, type HostProgram } from './host-messages.ts';
import type { DriverWire } from './host-wire.ts';
import { KnownHost } from './known-host.ts';

/** Collaborators of a `HostRoster`. */
export interface HostRosterDeps {
  readonly wire: DriverWire;
  readonly clock: Clock;
  readonly log: Logger;
  readonly identity: DriverIdentity;
  readonly program: HostProgram;
  /** A host without a beat for this long is lost, in milliseconds. */
  readonly silentMs: number;
  /** A host whose clock certainly differs by more gets no executors, in milliseconds. */
  readonly clockOffsetMaxMs: number;
  /** Called when the number of places may have changed. */
  readonly onPlaces: () => void;
  /** Called for each newer beat of a known host. */
  readonly onBeat: (host: KnownHost) => void;
  /** Called once for a host that is gone, with all its executors. */
  readonly onLost: (host: KnownHost, reason: MillraceError) => void;
}

/** A clock of a host that certainly differs by more is reported, in milliseconds. */
const OFFSET_REPORTED_MS = 500;
/** The number of replaced incarnations that are remembered, to recognise two hosts with one name. */
const REPLACED_MAX = 256;

/** Knows the hosts from `start` to `stop`. */
export class HostRoster {
  readonly #deps: HostRosterDeps;
  readonly #hosts = new Map<string, KnownHost>();
  /** Incarnations that beat under the name of a known host, and have not answered yet; one for each name. */
  readonly #claimants = new Map<string, KnownHost>();
  /** Incarnations that another one has replaced. */
  readonly #replaced = new Set<string>();
  readonly #reported = new Set<string>();
  #joins = 0;
  #timer: Timer | undefined;

  constructor(deps: HostRosterDeps) {
    this.#deps = deps;
  }

  /** All known hosts, in order of discovery. */
  hosts(): readonly KnownHost[] {
    return [...this.#hosts.values()];
  }

  /** The number of executors that all serving hosts run at once. */
  get places(): number {
    return this.hosts().reduce((sum, host) => sum + host.places, 0);
  }

  /** Begins with a roll call, and beats from then on. */
  start(): void {
    this.#deps.wire.onHost((beat) => this.#take(beat));
    this.#beat(true);
  }

  /** Tells all hosts that the driver has stopped, and forgets them. */
  stop(): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#timer = undefined;
    const { wire, identity } = this.#deps;
    wire.beat({ ...identity, isRollCall: false, hasStopped: true });
    wire.close();
    this.#hosts.clear();
    this.#claimants.clear();
  }

  #beat(isRollCall: boolean): void {
    const { wire, clock, identity } = this.#deps;
    wire.beat({ ...identity, isRollCall, hasStopped: false });
    this.#timer = clock.after(BEAT_MS, () => {
      this.#countSilence();
      this.#beat(false);
    });
  }

  /**
   * Counts periods instead of time: a driver that was paused finds one beat missing, not a lost host. Periods without a connection
   * do not count: hosts end the executors of a driver that stays away, and say so later.
   */
  #countSilence(): void {
    if (!this.#deps.wire.isConnected) return;
    for (const host of this.#hosts.values()) {
      host.unheard += 1;
      const silentMs = host.unheard * BEAT_MS;
      if (silentMs <= this.#deps.silentMs) continue;
      const details = { host: host.name, silentMs };
      this.#lose(
        host,
        remoteError('MR_REMOTE_HOST_LOST', `no beat of host ${host.name} for ${silentMs} ms`, { details }),
      );
    }
  }

  #take(beat: HostBeat): void {
    const known = this.#hosts.get(beat.host);
    if (known?.incarnation === beat.incarnation) {
      const placesBefore = known.places;
      if (!known.take(beat)) return;
      if (known.places !== placesBefore) this.#deps.onPlaces();
      this.#deps.onBeat(known);
      if (known.standing === 'asked' || known.standing === 'apart') void this.#join(known);
      return;
    }
    if (known !== undefined) return this.#claim(beat);
    const host = new KnownHost(beat);
    this.#hosts.set(host.name, host);
    void this.#join(host);
  }

  /** The process at the other end of the requests tells whether it is the claimant. */
  #claim(beat: HostBeat): void {
    if (this.#replaced.has(beat.incarnation)) return this.#reportTwins(beat);
    let claimant = this.#claimants.get(beat.host);
    if (claimant?.incarnation === beat.incarnation) claimant.take(beat);
    else if (claimant?.isJoining !== true) {
      claimant = new KnownHost(beat);
      this.#claimants.set(beat.host, claimant);
    }
    void this.#join(claimant);
  }

  /** False for a claimant that is not the process of its host. */
  #admit(claimant: KnownHost, isAnswering: boolean): boolean {
    this.#claimants.delete(claimant.name);
    if (!isAnswering) return false;
    const known = this.#hosts.get(claimant.name);
    if (known !== undefined) this.#replace(known);
    this.#hosts.set(claimant.name, claimant);
    return true;
  }

  #replace(host: KnownHost): void {
    const [oldest] = this.#replaced;
    if (this.#replaced.size >= REPLACED_MAX && oldest !== undefined) this.#replaced.delete(oldest);
    this.#replaced.add(host.incarnation);
    const message = `the process of host ${host.name} was started again`;
    this.#lose(host, remoteError('MR_REMOTE_HOST_LOST', message, { details: { host: host.name } }));
  }

  /** A replaced incarnation that still beats is another process. */
  #reportTwins({ host, incarnation }: HostBeat): void {
    if (this.#reported.has(incarnation)) return;
    this.#reported.add(incarnation);
    this.#deps.log.error('two hosts have the same name; only the later one is used', { host, incarnation });
  }

  #lose(host: KnownHost, reason: MillraceError): void {
    this.#hosts.delete(host.name);
    this.#deps.log.warn('a host is lost', { host: host.name, reason });
    this.#deps.onLost(host, reason);
    this.#deps.onPlaces();
  }

  /** Never rejects. A join without an answer is repeated with the next beat. */
  async #join(host: KnownHost): Promise<void> {
    if (host.isJoining || host.beat.isLeaving) return;
    host.isJoining = true;
    try {
      await this.#ask(host);
    } catch (error) {
      this.#deps.log.debug('a host did not answer', { host: host.name, error });
    } finally {
      host.isJoining = false;
    }
  }

  async #ask(host: KnownHost): Promise<void> {
    const { wire, clock, log, identity, program } = this.#deps;
    const difference = hostDifference(program, host.beat);
    const refusal = difference ?? host.apart;
    const begunMs = clock.monotonicMs();
    const reply = await wire.request(
      host.name,
      {
        kind: 'join',
        ...identity,
        attempt: (this.#joins += 1),
        incarnation: host.incarnation,
        ...(refusal === undefined ? {} : { refusal: refusal.message }),
      },
      BEAT_MS,
    );
    const isClaimant = this.#claimants.get(host.name) === host;
    if (isClaimant ? !this.#admit(host, reply.isOk) : this.#hosts.get(host.name) !== host) return;
    if (!reply.isOk) return this.#refusedBy(host, reply.error);
    host.apart = this.#compareClocks(host, reply.wallMs, clock.monotonicMs() - begunMs);
    if (difference !== undefined) {
      host.standing = 'refused';
      log.error('a host is refused', { host: host.name, error: difference });
    } else if (host.apart !== undefined) host.standing = 'apart';
    // The host was told of a refusal that does not hold any more: the next beat asks again.
    else if (refusal !== undefined) host.standing = 'asked';
    else {
      host.standing = 'serving';
      log.info('a host has joined', { host: host.name, slots: host.beat.slots });
    }
    this.#deps.onPlaces();
  }

  /** Reported once for each reason, because a join is repeated. */
  #refusedBy(host: KnownHost, serialized: SerializedError): void {
    const error = deserializeError(serialized);
    if (host.refusal !== error.message)
      this.#deps.log.warn('a host refuses this driver', { host: host.name, error });
    host.refusal = error.message;
  }

  /** The refusal of a host whose clock is apart: the first one for as long as that lasts, because a join is repeated. */
  #compareClocks(
    { name: host, apart }: KnownHost,
    wallMs: number,
    roundTripMs: number,
  ): MillraceError | undefined {
    const { clock, log, clockOffsetMaxMs } = this.#deps;
    const offset = clockOffset(clock, wallMs, roundTripMs);
    const { offsetMs, leastMs } = offset;
    if (leastMs > clockOffsetMaxMs) {
      if (apart !== undefined) return apart;
      const error = clockApart(host, offset, clockOffsetMaxMs);
      log.error('a host is refused', { host, error });
      return error;
    }
    if (leastMs > OFFSET_REPORTED_MS)
      log.warn('the clock of a host differs; event times and batch times of one moment will differ', {
        host,
        offsetMs,
      });
    return undefined;
  }
}
