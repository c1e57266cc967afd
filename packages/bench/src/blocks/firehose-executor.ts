// The program loaded by executors on threads: the same program as on the driver, with `start` serving an executor.
import { FIREHOSE_VARIABLE, type FirehoseOptions, makeFirehose } from './firehose.ts';

const told = process.env[FIREHOSE_VARIABLE];
if (told === undefined)
  throw new Error(`${FIREHOSE_VARIABLE} must describe the program; the driver sets the variable`);
await makeFirehose(JSON.parse(told) as FirehoseOptions).start();
