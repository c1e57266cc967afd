// What executors on threads load: the same program as the driver's, where `start` means to serve.
import { FIREHOSE_VARIABLE, type FirehoseOptions, makeFirehose } from './firehose.ts';

const told = process.env[FIREHOSE_VARIABLE];
if (told === undefined) throw new Error(`${FIREHOSE_VARIABLE} must say what to build; the driver sets it`);
await makeFirehose(JSON.parse(told) as FirehoseOptions).start();
