// The durable storage of a driver: the log of its decisions and the checkpoints, as far as ports are configured.
// The storage is opened before everything else and closed after everything else. Without ports all of it is empty
// and costs nothing.
import {
  BlockLogKeeper,
  CheckpointStore,
  Codec,
  FileCheckpointStore,
  Logger,
  Storage,
  WriteAheadLogFactory,
} from '@millrace/core';
import type { Ports } from '@millrace/core/engine';
import { LoggedMetadataLog, METADATA_LOG_NAME } from '../tracking/logged-metadata-log.ts';
import { MemoryMetadataLog } from '../tracking/metadata-log.ts';
import { ToldMetadataLog } from '../tracking/told-metadata-log.ts';
import type { MetadataLog } from '../tracking/metadata-log.ts';

/** The log and the checkpoints of a driver. */
export interface DriverStorage {
  readonly metadataLog: MetadataLog;
  /** Undefined when there are no checkpoints. */
  readonly store: CheckpointStore | undefined;
  /** Closes everything, also after a partial opening. May be repeated. @throws the errors of closing. */
  close(): Promise<void>;
}

/**
 * Opens the log and the checkpoint store: the store of the directory, if configured, else the store of the port.
 *
 * @throws the error of opening, after the opened parts have been closed again.
 */
export async function openDriverStorage(
  ports: Ports,
  checkpointDirectory: string | undefined,
): Promise<DriverStorage> {
  const log = ports.get(Logger);
  const files =
    checkpointDirectory === undefined
      ? undefined
      : new FileCheckpointStore({ directory: checkpointDirectory, storage: ports.get(Storage), log });
  await files?.open();
  try {
    const metadataLog = await openMetadataLog(ports);
    const bound = ports.has(CheckpointStore) ? ports.get(CheckpointStore) : undefined;
    return { metadataLog, store: files ?? bound, close: () => closeBoth(metadataLog, files) };
  } catch (error) {
    await files?.close();
    throw error;
  }
}

async function openMetadataLog(ports: Ports): Promise<MetadataLog> {
  const inner = await openOwnLog(ports);
  if (!ports.has(BlockLogKeeper)) return inner;
  return new ToldMetadataLog({ inner, keeper: ports.get(BlockLogKeeper), log: ports.get(Logger) });
}

async function openOwnLog(ports: Ports): Promise<MetadataLog> {
  if (!ports.has(WriteAheadLogFactory)) return new MemoryMetadataLog();
  const log = await ports.get(WriteAheadLogFactory).open(METADATA_LOG_NAME);
  return new LoggedMetadataLog(log, ports.get(Codec));
}

/** The directory is released even when closing the log fails. */
async function closeBoth(metadataLog: MetadataLog, files: FileCheckpointStore | undefined): Promise<void> {
  try {
    await metadataLog.close();
  } finally {
    await files?.close();
  }
}
