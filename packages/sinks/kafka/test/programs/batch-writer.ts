// A program that a test starts and kills: writes seeded batches to a topic.
import { writeSeededBatches } from '@millrace/testing';
import { kafkaSink, type KafkaSinkInput } from '../../src/index.ts';

const [options = '{}', ...args] = process.argv.slice(2);
await writeSeededBatches(kafkaSink<string>(JSON.parse(options) as KafkaSinkInput), args);
