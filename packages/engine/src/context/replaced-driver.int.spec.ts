// The exit code of a real process whose driver was replaced.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../test/programs/loses-its-lease.ts');

it.each([
  ['an uncaught error', 'uncaught', 75],
  ['a code of the program', 'code 3', 3],
])(
  'is 75 after %s unless the program says otherwise',
  async (_what, how, expected) => {
    const child = spawn(process.execPath, ['--conditions=millrace:source', PROGRAM, how], {
      stdio: 'ignore',
      timeout: 50_000,
    });
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect([exitCode, signal]).toEqual([expected, null]);
  },
  60_000,
);
