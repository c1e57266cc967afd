// A program that a test starts and kills: writes seeded batches to a directory.
import { writeSeededBatches } from '@millrace/testing';
import { filesSink } from '../src/index.ts';

const [directory = '', ...args] = process.argv.slice(2);
await writeSeededBatches(filesSink<string>({ directory, format: 'text', chunkBytes: 512 }), args);
