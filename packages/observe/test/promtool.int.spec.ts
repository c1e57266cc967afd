// The text of the metrics beside the parser and the rules of Prometheus itself.
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { busyEngine } from './busy-engine.ts';

const MISSING = 'promtool is not installed (Debian package prometheus)';

it('passes the check of promtool', async ({ skip }) => {
  const { observer } = await busyEngine();
  const { status, error, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: observer.prometheus(),
    encoding: 'utf8',
    timeout: 100_000,
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    if (process.env['MILLRACE_SERVERS'] === 'required') throw new Error(MISSING);
    return skip(MISSING);
  }
  expect(`${stdout}${stderr}`).toBe('');
  expect(status).toBe(0);
});
