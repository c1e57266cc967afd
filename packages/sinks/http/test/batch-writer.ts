// A program that a test starts and kills: sends seeded batches to a server.
import { writeSeededBatches } from '@millrace/testing';
import { httpSink } from '../src/index.ts';

const [url = '', ...args] = process.argv.slice(2);
const options = { url, delivery: 'effectively-once', maxRecordsPerRequest: 40, retryDelayMs: 5 } as const;
await writeSeededBatches(httpSink<string>(options), args);
