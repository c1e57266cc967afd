// Many waiting messages before a program whose batches take long: the heap stays within maxBytesInFlight and 64 MiB. To fill the
// queue takes a second of a processor for ten thousand messages, so there are fewer than a million,
// unless MILLRACE_WAITING_MESSAGES says otherwise.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { withRabbit } from './with-rabbit.ts';

const PROGRAM = fileURLToPath(new URL('programs/slow-batches.ts', import.meta.url));
const MESSAGES = Number(process.env['MILLRACE_WAITING_MESSAGES'] ?? 200_000);
const BATCHES = 5;
const MIB = 1_048_576;
const BYTES_IN_FLIGHT = 8 * MIB;

const { itWithRabbit } = withRabbit();

interface Heap {
  readonly seen: number;
  readonly heapUsed: number;
}

/** The heap after each of some batches. */
async function heapOf(port: number, queue: string): Promise<readonly Heap[]> {
  const table = new ResultTable();
  onTestFinished(() => table.remove());
  const args = [port, queue, table.directory, BYTES_IN_FLIGHT].map(String);
  const program = spawn(process.execPath, ['--expose-gc', '--conditions=millrace:source', PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(program, 'exit');
  const found: Heap[] = [];
  for await (const line of createInterface({ input: program.stdout })) {
    const heap = JSON.parse(line) as Heap;
    if (heap.seen > 0) found.push(heap);
    if (found.length === BATCHES) break;
  }
  program.kill('SIGKILL');
  await exited;
  return found;
}

describe('the heap before a queue with many waiting messages', () => {
  itWithRabbit(
    'is bounded while batches take long',
    async (broker) => {
      const queue = await broker.queue();
      await broker.fill(queue, MESSAGES, (index) =>
        JSON.stringify({ id: index, customer: `customer-${index % 97}`, note: 'x'.repeat(60) }),
      );
      const heaps = await heapOf(broker.port, queue);
      expect(heaps).toHaveLength(BATCHES);
      const most = Math.max(...heaps.map(({ heapUsed }) => heapUsed)); // bounded: a few batches
      expect(most).toBeLessThan(BYTES_IN_FLIGHT + 64 * MIB);
    },
    900_000,
  );
});
