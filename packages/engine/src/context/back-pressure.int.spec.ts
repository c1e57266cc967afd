// Sources that are too fast, in real time and in separate processes, so that their heaps can be measured and
// bounded.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

async function output(program: string, flags: readonly string[], ...arguments_: string[]) {
  const file = join(import.meta.dirname, '../../test/programs', `${program}.ts`);
  const { stdout } = await run(
    process.execPath,
    ['--conditions=millrace:source', ...flags, file, ...arguments_],
    { timeout: 90_000 },
  );
  return JSON.parse(stdout);
}

describe('a source ten times faster than its job, in real time', () => {
  it('fills no memory, is late by a few intervals at most, and loses nothing (BLK-2)', async () => {
    const result = await output('fast-source', ['--expose-gc']);
    expect(result).toMatchObject({ isClean: true, isInOrder: true, left: 0 });
    // A busy machine makes single batches late; unbounded growth is another order of magnitude.
    expect(Math.max(...result.heapsKib)).toBeLessThan(20 * 1_024);
    expect(result.mostHeld).toBeLessThan(40_000);
    expect(result.lastDelaysMs.longest).toBeLessThan(1_500);
    expect(result.heldAfter).toBeLessThan(2_000);
  }, 100_000);
});

describe('a producer that ignores false', () => {
  it('is refused with a code and reported, long before a small heap is full (BLK-2)', async () => {
    const result = await output('deaf-producer', ['--max-old-space-size=300']);
    expect(result).toMatchObject({ codes: ['MR_RECEIVER_OVERRUN'], errorCodes: ['MR_RECEIVER_OVERRUN'] });
    expect(result.refused).toBeGreaterThanOrEqual(1_000);
    expect(result.heapMib).toBeLessThan(300);
    expect(result.durationMs).toBeLessThan(3_000);
  }, 100_000);
});
