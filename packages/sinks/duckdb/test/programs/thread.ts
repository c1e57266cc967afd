// A thread that tries to open a sink, and tells the failure.
import { parentPort } from 'node:worker_threads';
import { isMillraceError } from '@millrace/core';
import { duckdbSink } from '../../src/index.ts';

const [file = ''] = process.argv.slice(2);
try {
  await duckdbSink({ file, table: 't', columns: ['a'] }).open?.();
  parentPort?.postMessage({ code: 'opened' });
} catch (error) {
  const failure = isMillraceError(error) ? { code: error.code, message: error.message } : String(error);
  parentPort?.postMessage(failure);
}
