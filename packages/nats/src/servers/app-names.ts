// The names of an application's streams and subjects.

/** Names that fit into subjects and names of streams. */
const APP = /^[A-Za-z0-9_-]{1,32}$/;

/** For messages about `app`. */
export const APP_EXPECTED = 'a name of at most 32 letters, digits, dashes and underscores';

/** True for a name that streams and subjects can have. */
export function isAppName(value: unknown): value is string {
  return typeof value === 'string' && APP.test(value);
}

/** The purposes of an application's streams, apart from blocks. */
export type StreamPurpose = 'META' | 'CTL' | 'CKPT';

/** The stream of a purpose. */
export function streamName(app: string, purpose: StreamPurpose): string {
  return `ML_${app}_${purpose}`;
}

/** The names of subjects. */
export const SUBJECTS = {
  /** The log of the driver's decisions. */
  meta: (app: string): string => `ml.${app}.meta`,
  /** The lease, standbys, and the index of checkpoints. */
  control: (app: string, what: string): string => `ml.${app}.ctl.${what}`,
  /** The chunks of checkpoints. */
  checkpoints: (app: string, what: string): string => `ml.${app}.ckpt.${what}`,
} as const;
