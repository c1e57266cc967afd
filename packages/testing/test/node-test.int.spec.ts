// Kits need only the given functions of a test framework; here the functions of Node.js.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('runs a kit under node:test', async () => {
  const fixture = fileURLToPath(new URL('fixtures/codec-under-node-test.ts', import.meta.url));
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=millrace:source', '--test-reporter=tap', fixture],
    { env },
  );
  expect(stdout).toMatch(/Codec conformance \d+: MsgpackCodec/);
  expect(stdout).toContain('CODEC-1.1');
  expect(stdout).toMatch(/# pass [1-9]\d*\n# fail 0/);
});
