import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SystemClock } from './system-clock.ts';

const run = promisify(execFile);
const source = new URL('./system-clock.ts', import.meta.url).href;

/** Runs a program in a process of its own, which is killed after a hundred seconds. */
function program(body: string): Promise<{ stdout: string }> {
  const code = `import { SystemClock } from ${JSON.stringify(source)}; const clock = new SystemClock(); ${body}`;
  return run(process.execPath, ['--input-type=module', '-e', code], { timeout: 100_000 });
}

describe('SystemClock on a real host', () => {
  it('is never early, at any distance', async () => {
    const clock = new SystemClock();
    const distances = [-5, 0, 1, 2, 3, 5, 8, 13, 21];
    const early = await Promise.all(
      distances.map(async (distanceMs) => {
        const atMs = clock.now() + distanceMs;
        await clock.sleepUntil(atMs);
        return clock.now() < atMs;
      }),
    );
    expect(early).not.toContain(true);
  });

  it('keeps the process alive while a call is pending', async () => {
    const { stdout } = await program(`clock.schedule(clock.now() + 50, () => console.log('called'));`);
    expect(stdout).toBe('called\n');
  });

  it('lets the process end when the last call was cancelled', async () => {
    const { stdout } = await program(
      `clock.schedule(clock.now() + 3_600_000, () => {}).cancel(); process.on('exit', () => console.log('ended'));`,
    );
    expect(stdout).toBe('ended\n');
  });

  it('does not spin while its next call is far away', async () => {
    const { stdout } = await program(
      `await clock.sleepUntil(clock.now() + 5);
       const before = process.cpuUsage();
       await clock.sleepUntil(clock.now() + 500);
       console.log(process.cpuUsage(before).user / 1_000 < 250);`,
    );
    expect(stdout).toBe('true\n');
  });
});
