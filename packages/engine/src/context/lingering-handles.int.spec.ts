// A process that stays alive after its stop says why; a process without handles ends at once and says nothing.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const engine = new URL('../index.ts', import.meta.url).href;

async function logOf(rest: string): Promise<string> {
  const program = `
    import { createServer } from 'node:net';
    import { StreamingContext } from ${JSON.stringify(engine)};
    const ssc = new StreamingContext({ appName: 'ending', batchIntervalMs: 50 });
    ssc.queueStream([[1]]).foreachRDD(() => undefined);
    await ssc.start();
    ${rest}
  `;
  const args = ['--conditions=millrace:source', '--input-type=module', '-e', program];
  return (await run(process.execPath, args, { timeout: 100_000 })).stderr;
}

describe('a process behind a stop', () => {
  it('names the handle of the program that keeps the process alive', async () => {
    const log = await logOf(`
      const server = createServer().listen(0, '127.0.0.1');
      await ssc.stop();
      setTimeout(() => server.close(), 3_000);
    `);
    expect(log).toContain('handles outside of the engine keep the process alive');
    expect(log).toContain('a TCP server');
  });

  it('ends at once without such handles, and says nothing', async () => {
    const log = await logOf('await ssc.stop();');
    expect(log).toContain('streaming stopped');
    expect(log).not.toContain('keep the process alive');
  });
});
