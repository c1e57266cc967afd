// Receivers that fail, on real threads and in one process: the same restarts, bounds, waits and status.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
let directory = '';

beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'millrace-failing-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function output(master: string, how: string, waitMs = 120_000) {
  const program = join(import.meta.dirname, 'programs', 'failing-receiver.ts');
  const { stdout } = await run(
    process.execPath,
    ['--conditions=millrace:source', program, master, how, directory, `${waitMs}`],
    {
      timeout: 200_000,
    },
  );
  return JSON.parse(stdout);
}

describe.each([
  ['local', /^m+$/],
  // The receiver runs on a thread, never beside the driver.
  ['local[2]', /^t+$/],
])('a receiver under %s', (master, places) => {
  it('that fails to start twice starts at last, and the status has the restarts and the last error', async () => {
    const { status, states, seen, starts, isClean } = await output(master, 'recovers');
    expect(starts).toMatch(places);
    expect(starts).toHaveLength(3);
    expect([seen, isClean]).toEqual([[3], true]);
    expect(states).toEqual(['restarting', 'restarting', 'active']);
    expect(status).toMatchObject({
      state: 'active',
      receivers: [
        {
          name: 'source',
          state: 'active',
          restarts: 2,
          records: 1,
          executorId: expect.any(String) as string,
          lastError: { message: expect.stringContaining('failed to start') as string },
        },
      ],
      totals: { records: 1, failedBatches: 0 },
    });
  }, 240_000);

  it('that does not start within awaitReceivers fails the start with its own error', async () => {
    // On a busy machine the executors may come up later than after three seconds.
    let waitMs = 3_000;
    let ended = await output(master, 'late', waitMs);
    if (ended.starts.length < 2) ended = await output(master, 'late', (waitMs = 60_000));
    const { status, seen, code, message, cause } = ended;
    expect([code, seen]).toEqual(['MR_CONTEXT_RECEIVERS_NOT_READY', []]);
    expect(message).toContain(`1 of 1 receivers did not start within ${waitMs} ms`);
    expect(message).toContain('source is restarting');
    expect(message).toContain('connect ECONNREFUSED');
    expect(cause).toContain('connect ECONNREFUSED');
    expect(status).toMatchObject({ state: 'stopped', failure: { code: 'MR_CONTEXT_RECEIVERS_NOT_READY' } });
  }, 240_000);

  it('that fails more often than maxRestarts is given up, and the start fails', async () => {
    const { status, states, starts, code, cause } = await output(master, 'gives-up');
    expect(code).toBe('MR_RECEIVER_GAVE_UP');
    expect(cause).toContain('connect ECONNREFUSED, start 3');
    expect(starts).toMatch(places);
    expect(starts).toHaveLength(3);
    expect(states).toEqual(['restarting', 'restarting', 'failed']);
    expect(status).toMatchObject({
      state: 'stopped',
      receivers: [{ state: 'failed', restarts: 3 }],
      failure: { code: 'MR_RECEIVER_GAVE_UP' },
    });
  }, 240_000);

  it('that is lost again and again after its start is given up, and its stored records are processed once', async () => {
    const { status, states, seen, starts, code, cause } = await output(master, 'lost');
    expect([code, cause]).toEqual(['MR_RECEIVER_GAVE_UP', expect.stringContaining('run 3')]);
    expect(starts).toHaveLength(3);
    expect(states).toEqual(['active', 'restarting', 'active', 'restarting', 'active', 'failed']);
    // The engine stops at once: the record of the last run may be in no batch.
    expect([1, 2, 3].slice(0, seen.length)).toEqual(seen);
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(status).toMatchObject({ state: 'stopped', receivers: [{ state: 'failed', restarts: 3 }] });
  }, 240_000);
});
