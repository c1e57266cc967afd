// A program that a test starts and kills: writes seeded batches to a stream.
import { writeSeededBatches } from '@millrace/testing';
import { natsSink, type NatsSinkInput } from '../src/index.ts';

const [options = '{}', ...args] = process.argv.slice(2);
await writeSeededBatches(natsSink<string>(JSON.parse(options) as NatsSinkInput), args);
