// A program that a test starts and kills: publishes seeded batches to a queue. Arguments: port, queue, those of the batches.
import { writeSeededBatches } from '@millrace/testing';
import { amqpSink } from '../src/index.ts';

const [port = '', queue = '', ...args] = process.argv.slice(2);
const options = { host: '127.0.0.1', port: Number(port), routingKey: queue, maxUnconfirmed: 20 };
await writeSeededBatches(amqpSink<string>(options), args);
