// An engine without work, or with one record every few milliseconds.
import { defineReceiver, noOptions } from '@millrace/core';
import { StreamingContext } from '@millrace/engine';
import { httpRecords } from '@millrace/receiver-http';
import { fileWriteAheadLog } from '@millrace/wal';
import { answerBench } from '../runner/measured-process.ts';
import { quiet } from '../streams/quiet-plugins.ts';

/** The argument of an idle program, as JSON. */
export interface IdleProgram {
  readonly batchIntervalMs: number;
  readonly blockIntervalMs: number;
  /** 0: no records. */
  readonly recordEveryMs: number;
}

const { batchIntervalMs, blockIntervalMs, recordEveryMs, directory } = JSON.parse(
  process.argv[2] ?? '{}',
) as IdleProgram & { readonly directory: string };
let records = 0;

/** Stores a record every few milliseconds, by a timer of the host. */
const drops = defineReceiver({
  name: 'bench-drops',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'none',
    pause: false,
    bounded: false,
    format: 'records',
    touches: [],
  },
  options: noOptions,
  create: () => {
    let timer: NodeJS.Timeout | undefined;
    return {
      start: (context) => void (timer = setInterval(() => context.store('drop'), recordEveryMs)),
      stop: () => clearInterval(timer),
    };
  },
});

const ssc = new StreamingContext({
  appName: 'idle',
  batchIntervalMs,
  receiving: { blockIntervalMs },
  plugins: [quiet(), fileWriteAheadLog({ directory })],
});
const stream =
  recordEveryMs === 0 ? ssc.receiverStream(httpRecords({ port: 0 })) : ssc.receiverStream(drops({}));
stream.foreachPartition((partition) => {
  for (const _ of partition) records += 1;
});
await ssc.start();
answerBench({}, () => records);
