// The lease of an application in a stream of JetStream: one record, replaced by an append that expects the record before. The
// sequence of the record that begins a term is its number.
//
// A driver that stands by sees no time in a record, and trusts no read of an old leader: it writes a message of its own every half
// second, and reads the record behind the accepted message. Only time between such messages counts, so an election of the servers,
// in which nobody can write, deposes nobody.
import { hostname } from 'node:os';
import {
  type Clock,
  coreError,
  isMillraceError,
  type Logger,
  type ManagedResource,
  type RandomSource,
} from '@millrace/core';
import type { DriverLease, DriverTerm, LeaseRelease, LeaseRequest } from '@millrace/core/engine';
import type { SharedLinks } from '../link/shared-links.ts';
import { SUBJECTS } from '../servers/app-names.ts';
import { checkedStream } from '../servers/checked-stream.ts';
import { DecidedAppend } from '../streams/decided-append.ts';
import { StreamApi } from '../streams/stream-api.ts';
import type { StreamConfig } from '../streams/stream-shapes.ts';
import { untilAnswered } from '../streams/until-answered.ts';
import { type FoundLease, type NatsLeaseRecord, leaseBytes, readLease } from './lease-record.ts';
import type { LeadersAway } from './leaders-away.ts';
import type { LeaseRenewals } from '../streams/lease-renewals.ts';
import { ATTEMPT_MS, GAP_MS, OBSERVE_MS, RENEW_MS, TTL_MS } from './lease-times.ts';
import { NatsTerm } from './nats-term.ts';

/** Collaborators of a lease. */
export interface NatsLeaseDeps {
  /** Closed with the lease. */
  readonly links: SharedLinks;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  /** The stream of an application. @throws `MR_CLUSTER_APP_NAME` for an application that has none. */
  readonly plan: (application: string) => StreamConfig;
  /** Hears of accepted renewals. Absent: nobody. */
  readonly renewals?: LeaseRenewals;
  /** Moves leaders off the machine of the driver in charge. Absent: leaders stay. */
  readonly leaders?: LeadersAway;
}

const ID = 16;

/** The place of one candidate. */
interface Candidate {
  readonly api: StreamApi;
  readonly append: DecidedAppend;
  readonly stream: string;
  readonly subject: string;
  readonly request: LeaseRequest;
  readonly id: string;
}

/** The end of an observation: another record, or the record of a driver that is dead. */
interface Observation {
  readonly record: FoundLease | undefined;
  readonly isDead: boolean;
}

/** A lease in a stream. */
export class NatsLease implements DriverLease, Pick<ManagedResource, 'close'> {
  readonly reach = 'everywhere';
  readonly #deps: NatsLeaseDeps;
  readonly #released = new AbortController();
  #term: { readonly term: NatsTerm; readonly record: NatsLeaseRecord } | undefined;

  constructor(deps: NatsLeaseDeps) {
    this.#deps = deps;
  }

  /**
   * @throws `MR_LEASE_STOPPED`, the reason of the signal; `MR_CLUSTER_APP_NAME`, `MR_CLUSTER_STREAM_MISSING`,
   *   `MR_CLUSTER_STREAM_UNFIT`, `MR_CLUSTER_FORMAT_UNSUPPORTED`, and errors of the link.
   */
  async acquire(request: LeaseRequest): Promise<DriverTerm> {
    const { clock, random, log, links, plan } = this.#deps;
    const { application, signal } = request;
    const config = plan(application);
    signal.throwIfAborted();
    const api = new StreamApi(await links.open('control'), ATTEMPT_MS);
    await untilAnswered(() => checkedStream(api, config), { clock, signal });
    const append = new DecidedAppend({ api, clock, log, attemptMs: ATTEMPT_MS });
    const subject = SUBJECTS.control(application, 'lease');
    return this.#wait({ api, append, stream: config.name, subject, request, id: random.id(ID) });
  }

  async release({ handOver }: LeaseRelease): Promise<void> {
    const { term, record } = this.#term ?? {};
    this.#term = undefined;
    this.#released.abort();
    if (term === undefined || record === undefined || term.lost.aborted) return;
    const stops = handOver ? record.stops : record.stops + 1;
    await term.release({ ...record, state: handOver ? 'free' : 'stopped', stops });
  }

  /** Closes the connection. May be repeated. */
  async close(): Promise<void> {
    this.#released.abort();
    await this.#deps.links.close();
  }

  async #wait(candidate: Candidate): Promise<DriverTerm> {
    const { clock } = this.#deps;
    const { signal, onStandby } = candidate.request;
    const first = await untilAnswered(() => this.#read(candidate), { clock, signal });
    let found = first;
    let standby: string | undefined;
    for (;;) {
      signal.throwIfAborted();
      if (standby !== undefined && (found?.stops ?? 0) > (first?.stops ?? 0)) throw stopped(candidate);
      if (found?.state !== 'held') {
        const term = await this.#take(candidate, found);
        if (term !== undefined) return term;
        found = await untilAnswered(() => this.#read(candidate), { clock, signal });
        continue;
      }
      if (standby !== found.term) onStandby(found.holder);
      standby = found.term;
      const { record, isDead } = await this.#observe(candidate, found);
      found = record;
      if (!isDead) continue;
      const term = await this.#take(candidate, found);
      if (term !== undefined) return term;
      found = await untilAnswered(() => this.#read(candidate), { clock, signal });
    }
  }

  /** Observes a record until another one is there, or until its driver is dead. A renewal of the same term begins the count anew. */
  async #observe(candidate: Candidate, held: FoundLease): Promise<Observation> {
    const { clock } = this.#deps;
    const { signal } = candidate.request;
    let sequence = 0;
    let sinceMs = 0;
    let beforeMs = Number.NEGATIVE_INFINITY;
    for (;;) {
      await clock.sleepFor(OBSERVE_MS, signal);
      const sentMs = clock.monotonicMs();
      if (!(await this.#writes(candidate))) continue;
      const isGap = sentMs - beforeMs > GAP_MS;
      beforeMs = sentMs;
      const record = await this.#read(candidate).catch(unlessUnanswered);
      if (record === 'unanswered') continue;
      if (record?.state !== 'held' || record.term !== held.term) return { record, isDead: false };
      if (isGap || record.sequence !== sequence) {
        ({ sequence } = record);
        sinceMs = clock.monotonicMs();
      } else if (sentMs - sinceMs >= TTL_MS) return { record, isDead: true };
    }
  }

  /** True when a quorum has accepted a message of this candidate. */
  async #writes({ api, request, id }: Candidate): Promise<boolean> {
    const subject = SUBJECTS.control(request.application, `standby.${id}`);
    const answer = await api.append({ subject, data: Buffer.from(hostname()) });
    return answer.kind === 'stored';
  }

  async #read({ api, stream, subject }: Candidate): Promise<FoundLease | undefined> {
    return readLease(await api.get(stream, { lastOf: subject }));
  }

  /** Takes the place of a record; undefined when another driver was faster. */
  async #take(candidate: Candidate, before: FoundLease | undefined): Promise<NatsTerm | undefined> {
    const { clock, random, log, renewals, leaders } = this.#deps;
    const { api, append, stream, subject, request } = candidate;
    const record: NatsLeaseRecord = {
      state: 'held',
      term: random.id(ID),
      holder: `${hostname()}:${process.pid}`,
      stops: before?.stops ?? 0,
    };
    const message = {
      stream,
      subject,
      id: `${record.term}/0`,
      data: leaseBytes(record),
      expectLastOfSubject: before?.sequence ?? 0,
    };
    let sentMs = clock.monotonicMs();
    const { signal } = request;
    const decision = await append.append(message, { signal });
    if (decision.kind !== 'stored') return undefined;
    const { sequence: epoch } = decision;
    let sequence = epoch;
    // A term begins with certainty: a record that took long to be accepted is renewed first.
    for (let again = 1; clock.monotonicMs() - sentMs >= RENEW_MS; again += 1) {
      sentMs = clock.monotonicMs();
      const id = `${record.term}/first-${again}`;
      const renewal = await append.append({ ...message, id, expectLastOfSubject: sequence }, { signal });
      if (renewal.kind !== 'stored') return undefined;
      ({ sequence } = renewal);
    }
    log.info('this driver is in charge', { subject, epoch });
    const term = new NatsTerm({ append, clock, stream, subject, record, epoch, sequence, sentMs, renewals });
    this.#term = { term, record };
    void leaders?.keep(api, AbortSignal.any([term.lost, this.#released.signal]));
    return term;
  }
}

function unlessUnanswered(error: unknown): 'unanswered' {
  if (isMillraceError(error, 'MR_CLUSTER_UNANSWERED')) return 'unanswered';
  throw error;
}

function stopped({ request }: Candidate): Error {
  return coreError(
    'MR_LEASE_STOPPED',
    `the application ${request.application} was stopped: this driver ends as well`,
    {
      details: { application: request.application },
    },
  );
}
