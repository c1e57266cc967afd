// An observed engine on real threads, and in one process: the amounts of executors come over the same messages.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EngineReading } from '@millrace/core/observation';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

async function output(master: string): Promise<{ reading: EngineReading; added: readonly object[] }> {
  const program = join(import.meta.dirname, 'programs', 'observed.ts');
  const { stdout } = await run(process.execPath, ['--conditions=millrace:source', program, master], {
    timeout: 200_000,
  });
  return JSON.parse(stdout);
}

describe('an observed engine', () => {
  it('on two threads reads heap, delay, tasks and receivers of each thread', async () => {
    const { reading, added } = await output('local[2]');
    expect(added).toHaveLength(2);
    expect(reading.state).toBe('active');
    expect(reading.executors).toHaveLength(2);
    for (const { thread, ageMs, cores } of reading.executors) {
      expect(cores).toBeGreaterThan(0);
      expect(ageMs).toBeLessThan(10_000);
      expect(thread?.heapUsedBytes).toBeGreaterThan(1_000_000);
      // The first question began to measure, and the second found a delay.
      expect(thread?.loopDelay?.maxMs).toBeGreaterThanOrEqual(0);
    }
    const tasks = reading.executors.reduce((sum, { completedTasks }) => sum + completedTasks, 0);
    expect(tasks).toBeGreaterThan(0);
    expect(reading.executors.flatMap(({ receivers }) => receivers)).toEqual([
      {
        streamId: 0,
        waitingRecords: 0,
        waitingBlocks: 0,
        waitingBytes: 0,
        unacknowledgedRecords: 7,
        lagRecords: 2,
      },
    ]);
    expect(reading.driver.loopDelay).toBeDefined();
    expect(reading.receivers).toMatchObject([{ records: 7, state: 'active' }]);
  }, 240_000);

  it('in one process reads the executor at once', async () => {
    const { reading } = await output('local');
    expect(reading.executors).toMatchObject([
      { executorId: 'local-0', receivers: [{ unacknowledgedRecords: 7, lagRecords: 1 }] },
    ]);
    expect(reading.executors[0]).not.toHaveProperty('thread');
    expect(reading.driver.heapUsedBytes).toBeGreaterThan(1_000_000);
  }, 240_000);
});
