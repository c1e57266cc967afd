// The lease of an application: of several drivers that were started for one application, the holder of the lease is in
// charge and the others stand by. A lease is for liveness only. Two drivers may believe to be in charge for a moment,
// for instance after a pause of a process; safety comes from the log and the checkpoint store, which refuse the writes
// of a replaced driver (`MR_WAL_FENCED`).
import type { Epoch } from './identifiers.ts';
import { portToken } from './port-token.ts';
import type { Reach } from './reach.ts';

/** A driver that wants to be in charge. */
export interface LeaseRequest {
  /** The application's name. Drivers of different applications do not wait for each other. */
  readonly application: string;
  /** Aborted when the driver stops; the wait then ends. */
  readonly signal: AbortSignal;
  /**
   * Called when the driver begins to stand by, because another driver is in charge, and again whenever another driver
   * has come in charge. Never called after the end of `acquire`.
   *
   * @param holder The driver in charge, for people: host and process, for instance. Undefined: not known.
   */
  readonly onStandby: (holder: string | undefined) => void;
}

/** The time in which a driver is in charge: from the end of `acquire` to `release`, or to the loss of the lease. */
export interface DriverTerm {
  /**
   * A whole number, at least 1, greater than the number of every earlier term of the application. The engine's epoch is
   * this number, or one more than every recorded epoch if that is greater. Absent: the lease does not count terms.
   */
  readonly epoch?: Epoch;

  /**
   * Aborted when the driver is not in charge any more, and not by `release`: another driver has the lease, or the lease
   * could not be renewed for too long. The reason is an error with the code `MR_LEASE_LOST` (disposition
   * `stop-engine`), and the engine stops with that error. Aborted at most once; a term never comes back.
   */
  readonly lost: AbortSignal;

  /**
   * True while no other driver can be in charge, and for long enough to begin a job. False once renewals have been
   * unanswered for so long that another driver may be in charge soon; true again after a renewal. The engine begins no
   * job while this is false; running jobs go on.
   *
   * Judged at the reading and on the monotonic clock: after a pause of the process the first reading is false, although
   * no timer has run yet. False for ever after `lost` and after `release`.
   */
  readonly isCertain: boolean;

  /**
   * Calls `listener` with the new value after each change of `isCertain`, also after a change that a reading has
   * noticed. Never called from inside `onCertainty`. Returns a function that removes the listener.
   */
  onCertainty(listener: (isCertain: boolean) => void): () => void;
}

/** The end of a term. */
export interface LeaseRelease {
  /**
   * True: another driver may take over at once, because the application goes on (a restart, a move to another host, a
   * failure of this driver). False: the application was stopped; drivers that stand by end with `MR_LEASE_STOPPED`.
   */
  readonly handOver: boolean;
}

/**
 * Lets one of several drivers of an application be in charge. One object serves one driver.
 *
 * Called by the driver, one call at a time: `acquire` once, after the ports are open and before anything durable is
 * read or written; `release` once, after the log, the checkpoints and the executors are closed and before the ports
 * are. A driver that dies releases nothing: another driver takes over after a bounded time, which the implementation
 * states.
 */
export interface DriverLease {
  /**
   * From where drivers of the application want this lease. `everywhere`: a driver on another host may take over, so the engine
   * refuses logs, checkpoints, files and sinks that only one host reaches, before anything starts. Default `'host'`.
   */
  readonly reach?: Reach;

  /**
   * Waits until this driver is in charge. There is no time-out: a driver stands by for as long as another driver is in
   * charge, and while the lease cannot be asked. A stop of an earlier life of the application does not count: a driver
   * that starts afterwards gets the lease.
   *
   * @throws the signal's reason when the signal is aborted first; the driver is then no candidate any more.
   * `MR_LEASE_STOPPED` when the application was stopped while this driver stood by. Any other error, of disposition
   * `stop-engine`, when this driver can never be in charge.
   */
  acquire(request: LeaseRequest): Promise<DriverTerm>;

  /**
   * Ends the term. Does nothing without a term, and nothing to the term of another driver after a loss; may be repeated.
   *
   * @throws when the lease cannot be asked; another driver then takes over as after a death.
   */
  release(options: LeaseRelease): Promise<void>;
}

/** The token of the lease. Nothing is bound by default: without a lease, each driver is in charge at once and for ever. */
export const DriverLease = portToken<DriverLease>('DriverLease');
