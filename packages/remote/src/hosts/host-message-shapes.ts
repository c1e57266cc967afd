// Validation of decoded messages between drivers and hosts, before any use. A message of another shape is dropped or refused.
import type { SerializedError } from '@millrace/core';
import { isSecret } from '../data/signed-request.ts';
import type {
  DriverBeat,
  DriverIdentity,
  EndedExecutor,
  HostBeat,
  HostDescription,
  HostReply,
  HostRequest,
  HostVersions,
} from './host-messages.ts';

/** The longest text, list and list of arguments. */
const TEXT_MAX = 65_536;
const LIST_MAX = 65_536;

/** A name that is a token of a subject and part of a file's name. */
const NAME = /^[A-Za-z0-9-]{1,64}$/;

type Fields = Readonly<Record<string, unknown>>;

/** True for the name of a host. */
export function isHostName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

/** The beat of a host; undefined for any other message. */
export function hostBeat(message: unknown): HostBeat | undefined {
  const fields = fieldsOf(message);
  const { beat, epoch, running, ended, isLeaving } = fields;
  const description = hostDescription(fields);
  if (description === undefined || !isCount(beat) || !isCount(epoch) || typeof isLeaving !== 'boolean')
    return undefined;
  if (!isListOf(running, isText) || !isListOf(ended, isEnded)) return undefined;
  return { ...description, beat, epoch, running, ended, isLeaving };
}

/** The beat of a driver; undefined for any other message. */
export function driverBeat(message: unknown): DriverBeat | undefined {
  const fields = fieldsOf(message);
  const { isRollCall, hasStopped } = fields;
  const identity = driverIdentity(fields);
  if (identity === undefined || typeof isRollCall !== 'boolean' || typeof hasStopped !== 'boolean')
    return undefined;
  return { ...identity, isRollCall, hasStopped };
}

/** A request of a driver; undefined for any other message. */
export function hostRequest(message: unknown): HostRequest | undefined {
  const fields = fieldsOf(message);
  const { kind, session, slot, executorId, application, argv, incarnation, refusal, attempt, dataSecret } =
    fields;
  const identity = driverIdentity(fields);
  if (identity === undefined) return undefined;
  if (kind === 'join' && isText(incarnation) && isCount(attempt)) {
    if (refusal === undefined) return { kind, ...identity, attempt, incarnation };
    return isText(refusal) ? { kind, ...identity, attempt, incarnation, refusal } : undefined;
  }
  if (!isText(session)) return undefined;
  if (kind === 'kill') return { kind, ...identity, session };
  if (kind !== 'launch' || !isCount(slot) || !isText(executorId) || !isText(application)) return undefined;
  if (!isListOf(argv, isText)) return undefined;
  const launch = { kind, ...identity, session, slot, executorId, application, argv } as const;
  if (dataSecret === undefined) return launch;
  return isSecret(dataSecret) ? { ...launch, dataSecret } : undefined;
}

/** The reply of a host; undefined for any other message. */
export function hostReply(message: unknown): HostReply | undefined {
  const { isOk, beat, wallMs, error } = fieldsOf(message);
  // Any serialized error is accepted: restoring the error works with any content.
  if (isOk === false) return { isOk, error: error as SerializedError };
  return isOk === true && isCount(beat) && typeof wallMs === 'number' ? { isOk, beat, wallMs } : undefined;
}

function hostDescription(fields: Fields): HostDescription | undefined {
  const { host, incarnation, slots, cores, dataAddress, digest } = fields;
  const versions = hostVersions(fields['versions']);
  if (!isHostName(host) || !isText(incarnation) || !isCount(slots) || !isCount(cores)) return undefined;
  if (versions === undefined || !isText(digest)) return undefined;
  const description = { host, incarnation, slots, cores, versions, digest };
  if (dataAddress === undefined) return description;
  return isText(dataAddress) ? { ...description, dataAddress } : undefined;
}

function hostVersions(value: unknown): HostVersions | undefined {
  const { wire, millrace, node } = fieldsOf(value);
  return isCount(wire) && isText(millrace) && isText(node) ? { wire, millrace, node } : undefined;
}

function driverIdentity({ epoch, driver }: Fields): DriverIdentity | undefined {
  return isCount(epoch) && isText(driver) ? { epoch, driver } : undefined;
}

function isEnded(value: unknown): value is EndedExecutor {
  const { session, isQuiet, error } = fieldsOf(value);
  return isText(session) && typeof isQuiet === 'boolean' && typeof error === 'object';
}

function fieldsOf(message: unknown): Fields {
  return typeof message === 'object' && message !== null ? (message as Fields) : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= TEXT_MAX;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is readonly T[] {
  return Array.isArray(value) && value.length <= LIST_MAX && value.every(isOne);
}
