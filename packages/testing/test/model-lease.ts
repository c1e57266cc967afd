// Memory leases under one virtual clock, correct or with one defect. The kit must detect each defect.
import { coreError, ManualClock } from '@millrace/core';
import type { DriverLease, DriverTerm, LeaseRequest } from '@millrace/core/engine';
import type {
  DriverLeaseCapabilities,
  DriverLeaseTarget,
} from '../src/conformance/driver-lease/driver-lease-target.ts';
import type { MemoryLeaseTimes } from '../src/lease/lease-record.ts';
import { MemoryDriverLeases, type MemoryDriverLease } from '../src/lease/memory-driver-leases.ts';

/** A defect of a lease. */
export type LeaseBug =
  | 'grants every request'
  | 'keeps the lease of the dead'
  | 'hands nothing over'
  | 'tells of the first holder only'
  | 'tells before it asks'
  | 'goes on after an abort'
  | 'has one lease for all applications'
  | 'counts in each process'
  | 'never notices its loss'
  | 'renews for ever'
  | 'counts a release as a loss'
  | 'is always certain'
  | 'judges by a timer'
  | 'calls removed listeners'
  | 'gives up at the first unanswered renewal'
  | 'hands over at a stop'
  | 'stays stopped'
  | 'releases foreign terms';

/** The claims of a memory lease with the default times. */
export const MEMORY_LEASE_CLAIMS: DriverLeaseCapabilities = {
  countsTerms: true,
  takeoverMs: 5_000,
  handOverMs: 500,
  uncertainMs: 2_800,
  lostMs: 16_000,
};

/** The service of one target. */
interface Service {
  readonly clock: ManualClock;
  readonly bug: LeaseBug | undefined;
  /** The lease that was granted last. */
  current: DriverLease | undefined;
  wasStopped: boolean;
}

/** A target with this defect in its leases; correct without a defect. */
export function modelLease(bug?: LeaseBug): DriverLeaseTarget {
  const service: Service = { clock: new ManualClock(1_000), bug, current: undefined, wasStopped: false };
  let leases = new MemoryDriverLeases(timesWith(bug));
  const models = new Map<DriverLease, MemoryDriverLease>();
  const right = (lease: DriverLease): MemoryDriverLease => models.get(lease) as MemoryDriverLease;
  return {
    createLease: () => {
      if (bug === 'grants every request') leases = new MemoryDriverLeases();
      const model = leases.driver(`driver ${models.size + 1}`, service.clock);
      const lease = bug === undefined ? model : new BrokenLease(model, service);
      models.set(lease, model);
      return lease;
    },
    advance: (ms) => service.clock.advance(ms),
    kill: (lease) => right(lease).kill(),
    cutOff: (lease) => right(lease).cutOff(),
    pause: (lease) => right(lease).pause(),
  };
}

function timesWith(bug: LeaseBug | undefined): MemoryLeaseTimes {
  if (bug === 'keeps the lease of the dead') return { ttlMs: Number.POSITIVE_INFINITY };
  if (bug === 'renews for ever') return { lostMs: Number.POSITIVE_INFINITY };
  if (bug === 'gives up at the first unanswered renewal') return { lostMs: 1 };
  return {};
}

class BrokenLease implements DriverLease {
  readonly #model: MemoryDriverLease;
  readonly #service: Service;
  readonly #released = new AbortController();

  constructor(model: MemoryDriverLease, service: Service) {
    this.#model = model;
    this.#service = service;
  }

  async acquire(request: LeaseRequest): Promise<DriverTerm> {
    const { bug, wasStopped } = this.#service;
    if (bug === 'stays stopped' && wasStopped) throw coreError('MR_LEASE_STOPPED', 'stopped');
    if (bug === 'tells before it asks') request.onStandby(undefined);
    const term = await this.#granted(request);
    this.#service.current = this.#model;
    return brokenTerm(term, bug, this.#released.signal);
  }

  async release({ handOver }: { readonly handOver: boolean }): Promise<void> {
    const { bug, current } = this.#service;
    this.#service.wasStopped ||= !handOver;
    this.#released.abort(coreError('MR_LEASE_LOST', 'released'));
    if (bug === 'hands nothing over') this.#model.kill();
    else if (bug === 'releases foreign terms') await current?.release({ handOver });
    else await this.#model.release({ handOver: handOver || bug === 'hands over at a stop' });
  }

  async #granted(request: LeaseRequest): Promise<DriverTerm> {
    const { bug } = this.#service;
    const { signal, onStandby } = request;
    if (bug === 'has one lease for all applications')
      return this.#model.acquire({ ...request, application: 'all' });
    if (bug === 'tells of the first holder only') {
      let calls = 0;
      const once = (holder: string | undefined): void => {
        calls += 1;
        if (calls === 1) onStandby(holder);
      };
      return this.#model.acquire({ ...request, onStandby: once });
    }
    if (bug !== 'goes on after an abort') return this.#model.acquire(request);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    const unaware = { ...request, signal: new AbortController().signal };
    return Promise.race([this.#model.acquire(unaware), aborted]);
  }
}

function brokenTerm(term: DriverTerm, bug: LeaseBug | undefined, released: AbortSignal): DriverTerm {
  let told = true;
  term.onCertainty((isCertain) => {
    told = isCertain;
  });
  const isCertain = (): boolean => {
    if (bug === 'is always certain') return true;
    return bug === 'judges by a timer' ? told : term.isCertain;
  };
  const losses = {
    'never notices its loss': new AbortController().signal,
    'counts a release as a loss': released,
  };
  const lost = losses[bug as keyof typeof losses] ?? term.lost;
  return {
    epoch: bug === 'counts in each process' ? 1 : (term.epoch ?? 0),
    lost,
    get isCertain() {
      return isCertain();
    },
    onCertainty: (listener) => {
      const remove = term.onCertainty(listener);
      return bug === 'calls removed listeners' ? () => undefined : remove;
    },
  };
}
