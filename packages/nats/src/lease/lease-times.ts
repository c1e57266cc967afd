// The times of a lease, in milliseconds. A driver that is not certain any more begins no job before another driver can be in charge.
//
//   accepted renewal, sent at 0        uncertain 2.8 s        another driver, from 4 s        lost 15 s

/** The period of renewals. */
export const RENEW_MS = 1_000;
/** The longest wait for the answer to one attempt. */
export const ATTEMPT_MS = 1_000;
/** From the sending of the newest accepted renewal to uncertainty. */
export const UNCERTAIN_MS = 2_800;
/** From the sending of the newest accepted renewal to the loss of the term. */
export const LOST_MS = 15_000;
/** A driver that stands by observes an unchanged record for this long before it takes the lease. */
export const TTL_MS = 4_000;
/** The period of its observations. */
export const OBSERVE_MS = 500;
/** Observations further apart prove nothing: the servers may have had no leader in between. */
export const GAP_MS = 1_500;
/** The longest wait for a release. */
export const RELEASE_MS = 5_000;
