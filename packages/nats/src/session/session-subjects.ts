// The subjects of sessions: one for the messages to each side.

/** A side of a session. `a` is the driver, or the executor that was there first. */
export type SessionSide = 'a' | 'b';

/** One end of a session, as data: an executor gets its ends as attachments. */
export interface SessionPlace {
  /** Never used twice. */
  readonly session: string;
  readonly side: SessionSide;
}

/** The subject of messages to this side. */
export function sessionSubject(app: string, { session, side }: SessionPlace): string {
  return `ml.${app}.s.${session}.${side}`;
}

/** The other end of the session. */
export function otherPlace({ session, side }: SessionPlace): SessionPlace {
  return { session, side: side === 'a' ? 'b' : 'a' };
}

/** The place in an attachment; undefined for anything else. */
export function sessionPlace(value: unknown): SessionPlace | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { session, side } = value as Partial<Record<keyof SessionPlace, unknown>>;
  if (typeof session !== 'string' || !/^[0-9a-z]{1,64}$/.test(session)) return undefined;
  return side === 'a' || side === 'b' ? { session, side } : undefined;
}
