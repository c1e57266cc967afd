// A host as the driver knows the host, from the first beat until the loss.
import type { MillraceError } from '@millrace/core';
import type { HostBeat } from './host-messages.ts';

/**
 * The relation to a host: `asked` until the host has answered, `serving` when executors can be launched, `refused` when
 * program or versions differ, and `apart` while the clock differs too much: the host is then asked again with each beat.
 */
export type HostStanding = 'asked' | 'serving' | 'refused' | 'apart';

/** A known host. */
export class KnownHost {
  readonly name: string;
  readonly incarnation: string;
  standing: HostStanding = 'asked';
  /** The newest beat. */
  beat: HostBeat;
  /** The number of periods since the newest beat. */
  unheard = 0;
  /** The refusal of the host for its clock. Absent: its clock agrees, or was not looked at. */
  apart: MillraceError | undefined;
  /** The reason for which the host refused a join last. */
  refusal: string | undefined;
  /** True while a join is on its way. */
  isJoining = false;

  constructor(beat: HostBeat) {
    this.name = beat.host;
    this.incarnation = beat.incarnation;
    this.beat = beat;
  }

  /** The number of executors that the host runs at once for this driver. */
  get places(): number {
    return this.standing === 'serving' && !this.beat.isLeaving ? this.beat.slots : 0;
  }

  /** Takes a beat of this incarnation; false for an older one that arrives late. */
  take(beat: HostBeat): boolean {
    this.unheard = 0;
    if (beat.beat <= this.beat.beat) return false;
    this.beat = beat;
    return true;
  }
}
