// What a driver keeps of itself, opened before anything else runs and closed after everything else: the log of its
// decisions and the checkpoints, as far as there are ports for them. Without any, all of it is empty and costs nothing.
import {
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
import type { MetadataLog } from '../tracking/metadata-log.ts';

/** The log and the checkpoints of a driver. */
export interface DriverStorage {
  readonly metadataLog: MetadataLog;
  /** Undefined when there are no checkpoints. */
  readonly store: CheckpointStore | undefined;
  /** Gives everything back, also after only a part was opened. May be repeated. @throws what giving back threw. */
  close(): Promise<void>;
}

/**
 * Opens them: the store of the directory, if one is given, else that of the port.
 *
 * @throws what opening throws, after what was open has been closed again.
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
  if (!ports.has(WriteAheadLogFactory)) return new MemoryMetadataLog();
  const log = await ports.get(WriteAheadLogFactory).open(METADATA_LOG_NAME);
  return new LoggedMetadataLog(log, ports.get(Codec));
}

/** The directory is given back whatever became of the log. */
async function closeBoth(metadataLog: MetadataLog, files: FileCheckpointStore | undefined): Promise<void> {
  try {
    await metadataLog.close();
  } finally {
    await files?.close();
  }
}
