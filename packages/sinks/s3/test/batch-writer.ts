// A program that a test starts and kills: writes seeded batches to a bucket.
import { writeSeededBatches } from '@millrace/testing';
import { s3Sink, type S3SinkInput } from '../src/index.ts';

const [place = '{}', ...args] = process.argv.slice(2);
await writeSeededBatches(s3Sink<string>({ ...(JSON.parse(place) as S3SinkInput), format: 'text' }), args);
