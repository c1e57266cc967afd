// Compares the wall clock of a host with the driver's. Event times are taken on hosts and batch times on the driver: with clocks that
// are apart, the two mean different moments.
//
//   driver  ──── join ────►│            │◄──── reply with the host's time ────  driver
//           begun                 host reads its clock at some time in between
//
// The host may have read its clock at the beginning or at the end of the round trip: only what is apart in both cases counts.
import { type Clock, type MillraceError, msUntil } from '@millrace/core';
import { remoteError } from '../remote-errors.ts';

/** The difference of two clocks. */
export interface ClockOffset {
  /** The host's clock minus the driver's, in milliseconds: an estimate. */
  readonly offsetMs: number;
  /** The difference is at least this, in milliseconds. */
  readonly leastMs: number;
}

/** The offset of a host that said `wallMs` during a round trip that has just ended. */
export function clockOffset(clock: Clock, wallMs: number, roundTripMs: number): ClockOffset {
  const halfMs = roundTripMs / 2;
  const offsetMs = msUntil(clock, wallMs) + halfMs;
  return { offsetMs: Math.round(offsetMs), leastMs: Math.max(0, Math.abs(offsetMs) - halfMs) };
}

/** The refusal of a host whose clock is apart from the driver's. */
export function clockApart(host: string, { offsetMs }: ClockOffset, maxMs: number): MillraceError {
  return remoteError(
    'MR_REMOTE_HOST_CLOCK_APART',
    `the clock of host ${host} differs from the driver's by about ${offsetMs} ms, but at most ${maxMs} ms are allowed: ` +
      'let both machines follow NTP; the host joins as soon as the clocks agree',
    { details: { host, offsetMs, maxMs } },
  );
}
