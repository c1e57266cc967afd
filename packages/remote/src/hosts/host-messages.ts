// The messages between a driver and hosts. Statements of either side are complete and repeated (a beat each second, and one
// at once after each change), so a lost beat costs a second and nothing else. Launches and ends are requests, repeated until
// answered, and known by the name of the session.
import type { Epoch, ExecutorId, SerializedError } from '@millrace/core';

/** The version of these messages and of sessions. */
export const WIRE_VERSION = 1;

/** The period of beats of both sides, in milliseconds. */
export const BEAT_MS = 1_000;

/** Versions that driver and hosts must have in common. */
export interface HostVersions {
  /** `WIRE_VERSION` of that side. */
  readonly wire: number;
  /** The version of @millrace/core. */
  readonly millrace: string;
  /** The version of Node.js, for instance `v24.4.0`; only the major version is compared. */
  readonly node: string;
}

/** The code that a host runs. */
export interface HostProgram {
  readonly versions: HostVersions;
  /** The digest of the program's files; see `programDigest`. */
  readonly digest: string;
}

/** A host, as described by itself. */
export interface HostDescription extends HostProgram {
  /** The name of the host, as `preferredHost` names hosts. Letters, digits and dashes; unique among the hosts of an application. */
  readonly host: string;
  /** Drawn at each start of the host process. */
  readonly incarnation: string;
  /** The number of executors that the host runs at once. */
  readonly slots: number;
  /** The number of cores of the machine. */
  readonly cores: number;
  /** Where executors of other hosts fetch bytes from: `host:port`. Absent: over sessions only. */
  readonly dataAddress?: string;
}

/** The end of an executor, in the words of its host. */
export interface EndedExecutor {
  readonly session: string;
  readonly error: SerializedError;
  /** True when the program ended by itself and without an error. */
  readonly isQuiet: boolean;
}

/** The state of a host. */
export interface HostBeat extends HostDescription {
  /** Counts the beats of one incarnation: an older beat that arrives late is dropped. */
  readonly beat: number;
  /** The highest epoch that the host has heard of; 0 for none. */
  readonly epoch: Epoch;
  /** The sessions of the executors that are starting or running. */
  readonly running: readonly string[];
  /** The executors that have ended lately. */
  readonly ended: readonly EndedExecutor[];
  /** True when the host is about to end and takes no launches. */
  readonly isLeaving: boolean;
}

/** The identity of a driver: the epoch decides between two drivers, and the name between two with one epoch. */
export interface DriverIdentity {
  readonly epoch: Epoch;
  /** Drawn at each start of a driver. */
  readonly driver: string;
}

/** The state of a driver. */
export interface DriverBeat extends DriverIdentity {
  /** True: every host answers with a beat at once. */
  readonly isRollCall: boolean;
  /** True when the driver has stopped: hosts end its executors. */
  readonly hasStopped: boolean;
}

/**
 * Driver → host: this driver counts on the host from now on, or refuses the host and says why. The host first ends all its
 * executors: the driver has given them up, if there are any.
 */
export interface JoinRequest extends DriverIdentity {
  readonly kind: 'join';
  /** Counts the joins of a driver, from 1: a join that arrives late, after a later one, ends nothing. */
  readonly attempt: number;
  /** The incarnation that the driver has heard of. */
  readonly incarnation: string;
  /** The reason for which the driver launches nothing on the host. Absent: the driver launches executors. */
  readonly refusal?: string;
}

/** Driver → host: run an executor. */
export interface HostLaunch extends DriverIdentity {
  readonly kind: 'launch';
  readonly session: string;
  /** The number of the place on the host, from 0. */
  readonly slot: number;
  readonly executorId: ExecutorId;
  readonly application: string;
  /** The arguments of the program. */
  readonly argv: readonly string[];
  /** The secret of direct transfer, the same for all executors of the driver; absent: executors fetch over sessions only. */
  readonly dataSecret?: Uint8Array;
}

/** Driver → host: end an executor. Answered when the executor is gone. */
export interface HostKill extends DriverIdentity {
  readonly kind: 'kill';
  readonly session: string;
}

/** A request of a driver. */
export type HostRequest = JoinRequest | HostLaunch | HostKill;

/** The answer of a host. */
export type HostReply =
  | {
      readonly isOk: true;
      /** The number of the newest beat: later beats know of the request. */
      readonly beat: number;
      /** The wall clock of the host, in milliseconds since the epoch. */
      readonly wallMs: number;
    }
  | { readonly isOk: false; readonly error: SerializedError };
