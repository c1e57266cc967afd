// A million waiting entries before a program whose batches take long: the heap stays within maxBytesInFlight and 64 MiB.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import type { RedisServer } from './redis-server.ts';
import { withRedis } from './with-redis.ts';

const PROGRAM = fileURLToPath(new URL('programs/slow-batches.ts', import.meta.url));
const RECORDS = 1_000_000;
const BATCHES = 6;
const MIB = 1_048_576;
const BYTES_IN_FLIGHT = 8 * MIB;

const { itWithRedis } = withRedis();

interface Memory {
  readonly seen: number;
  readonly heapUsed: number;
  readonly external: number;
}

let filled: Promise<string> | undefined;

/** The stream with the waiting entries, written once. */
function waitingEntries(redis: RedisServer): Promise<string> {
  filled ??= fill(redis);
  return filled;
}

async function fill(redis: RedisServer): Promise<string> {
  const stream = await redis.stream();
  await redis.fill(stream, RECORDS, 'x'.repeat(60));
  return stream;
}

/** The memory after each of some batches. */
async function memoryOf(kind: string, { server }: RedisServer, stream: string): Promise<readonly Memory[]> {
  const table = new ResultTable();
  onTestFinished(() => table.remove());
  const args = [kind, server.port, stream, table.directory, BYTES_IN_FLIGHT].map(String);
  const flags = ['--expose-gc', '--conditions=millrace:source'];
  const program = spawn(process.execPath, [...flags, PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(program, 'exit');
  const found: Memory[] = [];
  for await (const line of createInterface({ input: program.stdout })) {
    const memory = JSON.parse(line) as Memory;
    if (memory.seen > 0) found.push(memory);
    if (found.length === BATCHES) break;
  }
  program.kill('SIGKILL');
  await exited;
  return found;
}

describe('the memory before a stream with a million waiting entries', () => {
  for (const kind of ['range', 'group']) {
    itWithRedis(
      `is bounded while batches take long (${kind})`,
      async (redis) => {
        const found = await memoryOf(kind, redis, await waitingEntries(redis));
        expect(found).toHaveLength(BATCHES);
        expect(found.at(-1)?.seen).toBeLessThan(RECORDS);
        const most = Math.max(...found.map(({ heapUsed, external }) => heapUsed + external)); // bounded: a few batches
        expect(most).toBeLessThan(BYTES_IN_FLIGHT + 64 * MIB);
      },
      180_000,
    );
  }
});
