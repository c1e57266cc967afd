// The content of the log of the driver's decisions on the disk, read by the log implementation from an unused
// directory.
import { type Clock, MsgpackCodec, NoopLogger, SeededRandom, type Storage } from '@millrace/core';
import { FileWriteAheadLogFactory } from '@millrace/wal';
import { DECISIONS } from './log-names.ts';
import { LOG_DIRECTORY } from './sim-engine.ts';

/** The positions of the fields of an entry, after the version of the format. */
const KIND = 1;
const DONE_UP_TO = 4;
const CLEANUP = 'c';

/** The last completed batch according to the last clean-up in the log; undefined when the log has none. */
export async function loggedDoneUpTo(storage: Storage, clock: Clock): Promise<number | undefined> {
  const factory = new FileWriteAheadLogFactory({
    storage,
    clock,
    random: new SeededRandom('metadata log'),
    log: new NoopLogger(),
    root: LOG_DIRECTORY,
  });
  const log = await factory.open(DECISIONS);
  const codec = new MsgpackCodec();
  let doneUpTo: number | undefined;
  try {
    for await (const { payload } of log.readAll()) {
      const fields = codec.decodeRecords(payload);
      if (fields[KIND] === CLEANUP) doneUpTo = Number(fields[DONE_UP_TO]);
    }
  } finally {
    await factory.close();
  }
  return doneUpTo;
}
