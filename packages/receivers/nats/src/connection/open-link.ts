// The opening of a connection for a receiver.
import { type NatsConnectionOptions, NatsServerLink } from '@millrace/connection-nats';
import type { Clock, Storage } from '@millrace/core';
import { natsError } from '../nats-errors.ts';

/** The engine's ports of a connection. */
export interface LinkPorts {
  readonly clock: Clock;
  readonly storage: Storage;
  /** Ends the opening. */
  readonly signal: AbortSignal;
}

/** Connects. @throws `MR_NATS_FILES_UNUSABLE`, errors of the client, and the reason of the signal. */
export async function openLink(
  options: NatsConnectionOptions,
  { clock, storage, signal }: LinkPorts,
): Promise<NatsServerLink> {
  const unusableFiles = (message: string): Error => natsError('MR_NATS_FILES_UNUSABLE', message);
  return await NatsServerLink.open(options, { clock, storage, signal, unusableFiles });
}
