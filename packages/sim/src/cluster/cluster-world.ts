// A world with several machines: two drivers of one application, of which one is in charge, and the servers of NATS. As in
// `sim-world.ts`: phase one has faults; in phase two there are none, and everything produced must come out within a bound, after which
// the application is stopped and leaves nothing behind.
import { SeededRandom } from '@millrace/core';
import { Coverage } from '../coverage.ts';
import { SimClock } from '../sim-clock.ts';
import { SimLog } from '../sim-log.ts';
import { SimSource } from '../sim-source.ts';
import type { Violation } from '../sim-world.ts';
import {
  checkClusterAlways,
  checkClusterFinished,
  type ClusterEvidence,
  hasFinished,
} from './check-cluster.ts';
import { checkClusterAtRest } from './check-cluster-at-rest.ts';
import { ClusterCounts } from './cluster-counts.ts';
import { ClusterDrivers } from './cluster-drivers.ts';
import { ClusterFaults } from './cluster-faults.ts';
import { ClusterHosts } from './cluster-hosts.ts';
import { ClusterOutputs } from './cluster-outputs.ts';
import type { ClusterParts } from './cluster-parts.ts';
import type { ClusterPlan } from './cluster-plan.ts';
import { ClusterServers } from './cluster-servers.ts';
import { Machine } from './machine.ts';

const START_MS = 10_000_000;
/** No part of a cluster waits for the event loop: servers and disks are in memory. */
const TURNS_TO_SETTLE = 1;
const SERVERS_MAX = 3;
const LOAD_EVERY_MS = 100;
/** The polling interval of a source, in ms. */
const POLL_MS = 100;
/** The longest time from the end of the last fault until everything produced is in the outputs, in virtual ms. */
const FINISH_WITHIN_MS = 60_000;
/** The time after the last fault from which no driver may end: a driver that cannot renew its lease ends after 15 s. */
const MAY_END_MS = 20_000;
/** The longest stop, and the longest wait of the other driver for its end, in ms. */
const STOP_WITHIN_MS = 15_000;

/** A world; see the header of this file. Runs once. */
export class ClusterWorld {
  readonly clock: SimClock;
  readonly log: SimLog;
  readonly violations: Violation[] = [];
  readonly counts = new ClusterCounts();
  readonly #plan: ClusterPlan;
  readonly #outside = { isAlive: true };
  readonly #servers: ClusterServers;
  readonly #machines: readonly Machine[];
  readonly #drivers: ClusterDrivers;
  readonly #hosts: ClusterHosts;
  readonly #faults: ClusterFaults;
  readonly #sources: readonly SimSource[];
  readonly #outputs: ClusterOutputs;
  readonly #evidence: ClusterEvidence;
  #calmSinceMs = Number.POSITIVE_INFINITY;

  constructor(plan: ClusterPlan, write?: (line: string) => void) {
    this.#plan = plan;
    this.clock = new SimClock(this.#random('clock'), START_MS, TURNS_TO_SETTLE);
    this.log = new SimLog(this.clock, write);
    this.log.onMessage = (message) => this.counts.told(message);
    const violated = (promise: string, what: string): void => this.#violated(promise, what);
    const { clock, log, counts } = this;
    const after = (ms: number, callback: () => void): void => void clock.after(this.#outside, ms, callback);
    const outsideClock = clock.of(this.#outside);
    this.#servers = new ClusterServers({
      plan,
      clock: outsideClock,
      random: this.#random('servers'),
      counts,
      isFaulty: () => this.#faults.isOn,
    });
    const { nats } = this.#servers;
    this.#machines = ['a', 'b', ...extraMachines(plan)].map(
      (name, index) =>
        new Machine({
          name,
          clock,
          random: this.#random(`machine-${name}`),
          nats,
          server: `n${(index % SERVERS_MAX) + 1}`,
          latencyMs: plan.latencyMs,
          noticedMs: plan.noticedMs,
        }),
    );
    this.#outputs = new ClusterOutputs(violated, counts);
    this.#sources = plan.streams.map((stream, index) => {
      const source = new SimSource({
        name: `source-${index}`,
        plan: stream,
        random: this.#random(`source-${index}`),
        coverage: new Coverage(),
        nowMs: () => clock.nowMs,
        violated,
      });
      source.pollMs = POLL_MS;
      return source;
    });
    const parts: ClusterParts = {
      plan,
      clock,
      log,
      counts,
      outputs: this.#outputs,
      sources: this.#sources,
      machines: this.#machines,
      random: (part) => this.#random(part),
      violated,
      after,
    };
    this.#drivers = new ClusterDrivers({
      ...parts,
      isReplacedAfter: (epoch) => this.#servers.terms.some((began) => began > epoch),
      mayEnd: () => clock.nowMs < this.#calmSinceMs + MAY_END_MS,
    });
    this.#hosts = new ClusterHosts({ ...parts, isFaulty: () => this.#faults.isOn });
    this.#faults = new ClusterFaults({
      plan,
      clock,
      log,
      counts,
      drivers: this.#drivers,
      hosts: this.#hosts,
      servers: this.#servers,
      machines: this.#machines,
      after,
    });
    this.#evidence = {
      plan,
      sources: this.#sources,
      outputs: this.#outputs,
      servers: this.#servers,
      violated,
    };
  }

  /** Runs the whole plan; the first broken promise ends the run. */
  async run(): Promise<readonly Violation[]> {
    const [a, b] = this.#machines as [Machine, Machine];
    this.#faults.begin();
    this.#hosts.startAll();
    this.#drivers.start(a);
    this.#drivers.startLater(b, 1_000);
    this.#produce();
    await this.#pass(this.#plan.loadMs);
    if (!this.#hasFailed) checkClusterAlways(this.#evidence);
    this.#faults.end();
    this.#calmSinceMs = this.clock.nowMs;
    if (!this.#hasFailed) await this.#finish();
    if (!this.#hasFailed) await this.#beQuiet();
    if (!this.#hasFailed) await this.#stop();
    if (!this.#hasFailed) checkClusterFinished(this.#evidence);
    this.#outside.isAlive = false;
    for (const { process } of this.#drivers.all) process.kill();
    this.#hosts.killAll();
    return this.violations;
  }

  /** Equal runs have equal fingerprints. */
  fingerprint(): string {
    return `${this.clock.calls}/${this.clock.nowMs}/${this.#outputs.results.fingerprint()}`;
  }

  get #hasFailed(): boolean {
    return this.violations.length > 0;
  }

  #random(what: string): SeededRandom {
    return new SeededRandom(`${this.#plan.seed}/${what}`);
  }

  #pass(ms: number): Promise<void> {
    return this.clock.pass(ms, () => this.#hasFailed);
  }

  #violated(promise: string, what: string): void {
    this.log.note(`${promise} is broken: ${what}`);
    this.violations.push({ promise, what, atMs: this.clock.nowMs - START_MS });
  }

  #produce(): void {
    for (const [index, source] of this.#sources.entries()) {
      const perSecond = this.#plan.streams[index]?.recordsPerSecond ?? 0;
      source.produced += Math.max(1, Math.round((perSecond * LOAD_EVERY_MS) / 1_000));
    }
    this.clock.after(this.#outside, LOAD_EVERY_MS, () => {
      if (this.#faults.isOn) this.#produce();
    });
  }

  async #finish(): Promise<void> {
    const untilMs = this.clock.nowMs + FINISH_WITHIN_MS;
    while (!this.#hasFailed && !hasFinished(this.#evidence)) {
      if (this.clock.nowMs >= untilMs) return this.#notFinished();
      await this.#pass(250);
    }
  }

  #notFinished(): void {
    checkClusterAlways(this.#evidence);
    if (this.#hasFailed) return;
    const { process, ssc } = this.#drivers.inCharge ?? {};
    const state = ssc === undefined ? 'no driver is in charge' : `${process?.name} is ${ssc.status().state}`;
    const what = this.#sources.map(
      ({ name, produced, acknowledgedBelow }) =>
        `${name} produced ${produced}, acknowledged ${acknowledgedBelow}`,
    );
    this.#violated(
      'finishes',
      `records are missing ${FINISH_WITHIN_MS} ms after the last fault; ${state}; ${what.join('; ')}`,
    );
  }

  /** A few records come now and then, so that everything before is cleaned up. */
  async #beQuiet(): Promise<void> {
    const quietMs = 2 * this.#plan.registrationGraceMs + 10_000;
    const steps = 8;
    for (const source of this.#sources) source.pollMs = 1_000;
    for (let step = 0; step < steps && !this.#hasFailed; step += 1) {
      for (const source of this.#sources) source.produced += 1;
      await this.#pass(quietMs / steps);
    }
    if (!this.#hasFailed) await this.#finish();
  }

  /** The driver in charge is stopped, and the other one ends with the application. */
  async #stop(): Promise<void> {
    const { inCharge } = this.#drivers;
    if (inCharge === undefined) return this.#violated('finishes', 'no driver is in charge in the end');
    const old = this.#hosts.epochs.find((epoch) => epoch !== inCharge.epoch);
    if (old !== undefined)
      return this.#violated(
        'BACKEND-28',
        `an executor of epoch ${old} still runs; ${inCharge.epoch} is in charge`,
      );
    this.#drivers.isOver = true;
    let isClean: boolean | undefined;
    void this.#drivers.stop(inCharge, false).then((clean) => (isClean = clean));
    const untilMs = this.clock.nowMs + STOP_WITHIN_MS;
    const others = this.#drivers.all.filter((driver) => driver !== inCharge);
    const isOver = (): boolean => isClean !== undefined && others.every(({ hasEnded }) => hasEnded);
    while (!isOver() && !this.#hasFailed && this.clock.nowMs < untilMs) await this.#pass(100);
    if (this.#hasFailed) return;
    if (isClean === undefined) return this.#violated('STP-1', 'a stop did not end in time');
    if (!isClean) return this.#violated('REC-4', 'a graceful stop without faults left something behind');
    if (!isOver()) return this.#violated('LEASE-5', 'a driver stands by after the stop of the application');
    await this.#pass(1_000);
    if (this.#hosts.epochs.length > 0) return this.#violated('at rest', 'a host still runs executors');
    const hosts = (this.#plan.hosts ?? []).flatMap((_, number) => this.#hosts.processesOf(number));
    void this.#hosts.leaveAll();
    await this.#pass(1_000);
    const processes = [...this.#drivers.all.map(({ process }) => process), ...hosts];
    const { clock } = this;
    checkClusterAtRest({ ...this.#evidence, clock, processes, machines: this.#machines });
  }
}

/** The machines that have a host and no driver, and those before them in the alphabet. */
function extraMachines({ hosts = [] }: ClusterPlan): readonly string[] {
  if (hosts.includes('d')) return ['c', 'd'];
  return hosts.includes('c') ? ['c'] : [];
}
