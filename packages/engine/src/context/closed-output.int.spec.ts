// `program | head -1`: the reader of standard output goes away while the program prints.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../test/programs/prints-on.ts');

describe('print to a closed output', () => {
  it('ends the program quietly and gracefully', async () => {
    const child = spawn(process.execPath, ['--conditions=millrace:source', PROGRAM], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 50_000,
    });
    let errorOutput = '';
    child.stderr.on('data', (chunk: Buffer) => (errorOutput += chunk.toString()));
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    child.stdout.destroy();
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect(first.toString()).toContain('a line');
    expect([exitCode, signal]).toEqual([0, null]);
    expect(errorOutput).toContain('ended: STOPPED');
    expect(errorOutput).not.toContain('EPIPE');
  }, 60_000);
});
