// A million waiting messages before a program whose batches take long: the heap is bounded, because the receiver does not read on.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { WaitingServer } from './waiting-messages.ts';

const PROGRAM = fileURLToPath(new URL('programs/slow-batches.ts', import.meta.url));
const MESSAGES = 1_000_000;
const BATCHES = 5;
const MIB = 1_048_576;

it('holds a bounded heap before a server with a million waiting messages while batches take long', async () => {
  const server = await WaitingServer.start({
    count: MESSAGES,
    messageOf: (index) =>
      JSON.stringify({ id: index, customer: `customer-${index % 97}`, note: 'x'.repeat(60) }),
  });
  onTestFinished(() => server.stop());
  const directory = await mkdtemp(join(tmpdir(), 'millrace-websocket-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const options = ['--expose-gc', '--conditions=millrace:source'];
  const program = spawn(process.execPath, [...options, PROGRAM, String(server.port), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(program, 'exit');
  const heaps: number[] = [];
  for await (const line of createInterface({ input: program.stdout })) {
    const { seen, heapUsed } = JSON.parse(line) as { readonly seen: number; readonly heapUsed: number };
    if (seen > 0) heaps.push(heapUsed);
    if (heaps.length === BATCHES) break;
  }
  program.kill('SIGKILL');
  await exited;
  expect(heaps).toHaveLength(BATCHES);
  expect(heaps.reduce((a, b) => Math.max(a, b))).toBeLessThan(64 * MIB);
}, 120_000);
