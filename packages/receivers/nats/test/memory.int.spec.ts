// A million waiting messages before a program whose batches take long: the heap stays within maxBytesInFlight and 64 MiB, and so
// do the buffers of received bytes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { filledStream } from './filled-stream.ts';
import type { NatsServer } from './nats-server.ts';
import { withNats } from './with-nats.ts';

const PROGRAM = fileURLToPath(new URL('programs/slow-batches.ts', import.meta.url));
const RECORDS = 1_000_000;
const BATCHES = 6;
const MIB = 1_048_576;
const BYTES_IN_FLIGHT = 8 * MIB;

const { itWithNats } = withNats();

interface Memory {
  readonly seen: number;
  readonly heapUsed: number;
  readonly arrayBuffers: number;
}

let filled: Promise<string> | undefined;

/** The memory after each of some batches. */
async function memoryOf(kind: string, { server }: NatsServer, stream: string): Promise<readonly Memory[]> {
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

describe('the memory before a stream with a million waiting messages', () => {
  for (const kind of ['stream', 'records']) {
    itWithNats(
      `is bounded while batches take long (${kind})`,
      async (server) => {
        filled ??= filledStream(server, RECORDS);
        const memories = await memoryOf(kind, server, await filled);
        expect(memories).toHaveLength(BATCHES);
        expect(memories.at(-1)?.seen).toBeLessThan(RECORDS);
        const most = (of: 'heapUsed' | 'arrayBuffers') => Math.max(...memories.map((memory) => memory[of])); // bounded: a few batches
        expect(most('heapUsed')).toBeLessThan(BYTES_IN_FLIGHT + 64 * MIB);
        expect(most('arrayBuffers')).toBeLessThan(BYTES_IN_FLIGHT + 64 * MIB);
      },
      180_000,
    );
  }
});
