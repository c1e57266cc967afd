// The server, the publication and the slot at the start of a receiver. A slot keeps how far the receiver is; without its slot the
// server has forgotten changes, and a new slot would go on behind the gap as if nothing had happened.
import { literal, quoted, sqlStateOf } from '@millrace/connection-postgres';
import type { Logger } from '@millrace/core';
import type { ServerSession } from '../connection/session.ts';
import { postgresError, type PostgresErrorCode } from '../postgres-errors.ts';
import type { PostgresChangesOptions } from './changes-options.ts';
import { placeOf, type PostgresChangesPosition } from './changes-position.ts';

/** A slot that is ready for reading. */
export interface ReadySlot {
  /** The identity of the server. */
  readonly system: string;
  /** The place that the server has as confirmed. */
  readonly confirmed: string;
  /** The server ends a connection without a status for this time, in milliseconds; 0: never. */
  readonly senderTimeoutMs: number;
}

const PLUGIN = 'pgoutput';
const NOTHING = '00000000/00000000';
/** object_not_in_prerequisite_state: the server keeps no log for replication. */
const NOT_LOGICAL = '55000';

/**
 * Looks at the server, the publication and the slot, and makes a missing slot with `create` at the start of a new stream.
 *
 * @param resumeFrom The position of the last registered change; undefined for a new stream.
 * @throws `MR_POSTGRES_GAP`, `_PUBLICATION_UNKNOWN`, `_SLOT_UNKNOWN`, `_SLOT_UNUSABLE`, `_SLOT_LOST`, and errors of the server.
 */
export async function readySlot(
  session: ServerSession,
  options: PostgresChangesOptions,
  { resumeFrom, log }: { readonly resumeFrom: PostgresChangesPosition | undefined; readonly log: Logger },
): Promise<ReadySlot> {
  const { slot, publication } = options;
  const [[system, , written] = []] = await session.query('IDENTIFY_SYSTEM');
  const server = { system: String(system), written: placeOf(String(written)) };
  assertReached(server, resumeFrom);
  const found = await session.query(`SELECT 1 FROM pg_publication WHERE pubname = ${literal(publication)}`);
  if (found.length === 0) {
    const message = `expected the publication ${quoted(publication)} to exist; make one: CREATE PUBLICATION ${quoted(publication)} FOR TABLE …`;
    throw postgresError('MR_POSTGRES_PUBLICATION_UNKNOWN', message, { details: { publication } });
  }
  const confirmed = (await confirmedBy(session, slot)) ?? (await made(session, options, { resumeFrom, log }));
  const [[timeout] = []] = await session.query(
    `SELECT setting FROM pg_settings WHERE name = 'wal_sender_timeout'`,
  );
  return { system: server.system, confirmed, senderTimeoutMs: Number(timeout ?? 0) };
}

/** The statement that begins the reading of a slot, at the confirmed place. */
export function startStatement({ slot, publication }: PostgresChangesOptions): string {
  const names = literal(quoted(publication));
  return `START_REPLICATION SLOT ${quoted(slot)} LOGICAL 0/0 (proto_version '1', publication_names ${names})`;
}

function assertReached(
  { system, written }: { readonly system: string; readonly written: string },
  position: PostgresChangesPosition | undefined,
): void {
  if (position === undefined || (position.system === system && position.commit < written)) return;
  const reason =
    position.system === system
      ? `a server that has reached ${position.commit}, got one at ${written}: the server was restored from a backup`
      : `the server ${position.system}, got the server ${system}`;
  throw postgresError('MR_POSTGRES_GAP', `expected ${reason}`, { details: { ...position, written } });
}

/** The confirmed place of a slot; undefined without the slot. */
async function confirmedBy(session: ServerSession, slot: string): Promise<string | undefined> {
  const [row] = await session.query(
    `SELECT plugin, database = current_database(), wal_status, confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = ${literal(slot)}`,
  );
  if (row === undefined) return undefined;
  const [plugin, isOfDatabase, status, confirmed] = row;
  if (plugin !== PLUGIN || isOfDatabase !== 't') {
    const reason =
      plugin === PLUGIN ? 'of this database' : `with the plugin ${PLUGIN}, got ${plugin ?? 'none'}`;
    throw slotError('MR_POSTGRES_SLOT_UNUSABLE', slot, `expected the slot ${quoted(slot)} ${reason}`);
  }
  if (status === 'lost') {
    const message = `the server has removed the log that the slot ${quoted(slot)} needs (max_slot_wal_keep_size), so changes are lost; drop the slot, read the tables anew, and start with new directories`;
    throw slotError('MR_POSTGRES_SLOT_LOST', slot, message);
  }
  return confirmed === null || confirmed === undefined ? NOTHING : placeOf(confirmed);
}

async function made(
  session: ServerSession,
  { slot, create }: PostgresChangesOptions,
  { resumeFrom, log }: { readonly resumeFrom: PostgresChangesPosition | undefined; readonly log: Logger },
): Promise<string> {
  if (resumeFrom !== undefined) {
    const message = `expected the slot ${quoted(slot)}, in which changes up to ${resumeFrom.commit} were read; the slot is gone, and so are the changes since then: read the tables anew, and start with new directories`;
    throw slotError('MR_POSTGRES_SLOT_UNKNOWN', slot, message);
  }
  if (!create) {
    const message = `expected the slot ${quoted(slot)} to exist; make one: SELECT pg_create_logical_replication_slot(${literal(slot)}, '${PLUGIN}'), or set create`;
    throw slotError('MR_POSTGRES_SLOT_UNKNOWN', slot, message);
  }
  try {
    await session.query(`SELECT pg_create_logical_replication_slot(${literal(slot)}, '${PLUGIN}')`);
  } catch (error) {
    if (sqlStateOf(error) !== NOT_LOGICAL) throw error;
    const message = `expected a server with wal_level = logical to make the slot ${quoted(slot)}; change the setting and restart the server`;
    throw slotError('MR_POSTGRES_SLOT_UNUSABLE', slot, message);
  }
  log.info('made a replication slot', { slot });
  return (await confirmedBy(session, slot)) ?? NOTHING;
}

function slotError(code: PostgresErrorCode, slot: string, message: string): Error {
  return postgresError(code, message, { details: { slot } });
}
