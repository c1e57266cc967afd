// A million waiting records before a program whose batches take long: the heap stays within maxBytesInFlight and 64 MiB.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import type { Broker } from './broker.ts';
import { withKafka } from './with-kafka.ts';

const PROGRAM = fileURLToPath(new URL('programs/slow-batches.ts', import.meta.url));
const RECORDS = 1_000_000;
const RECORDS_AT_ONCE = 5_000;
const BATCHES = 6;
const MIB = 1_048_576;
const BYTES_IN_FLIGHT = 8 * MIB;

const { itWithKafka } = withKafka(0);

interface Heap {
  readonly seen: number;
  readonly heapUsed: number;
}

let filled: Promise<string> | undefined;

/** The topic with the waiting records, written once. */
function waitingRecords(broker: Broker): Promise<string> {
  filled ??= fill(broker);
  return filled;
}

async function fill(broker: Broker): Promise<string> {
  const topic = await broker.topic();
  for (let sent = 0; sent < RECORDS; sent += RECORDS_AT_ONCE) {
    const messages = Array.from({ length: RECORDS_AT_ONCE }, (_, index) => ({
      value: JSON.stringify({ id: sent + index, customer: `customer-${index % 97}`, note: 'x'.repeat(60) }),
    }));
    await broker.writeAtOnce(topic, messages);
  }
  return topic;
}

/** The heap after each of some batches. */
async function heapOf(kind: string, broker: Broker, topic: string): Promise<readonly Heap[]> {
  const table = new ResultTable();
  onTestFinished(() => table.remove());
  const args = [kind, broker.kafka.port, topic, table.directory, BYTES_IN_FLIGHT].map(String);
  const flags = ['--expose-gc', '--conditions=millrace:source'];
  const program = spawn(process.execPath, [...flags, PROGRAM, ...args], {
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

describe('the heap before a topic with a million waiting records', () => {
  for (const kind of ['topic', 'group']) {
    itWithKafka(
      `is bounded while batches take long (${kind})`,
      async (broker) => {
        const heaps = await heapOf(kind, broker, await waitingRecords(broker));
        expect(heaps).toHaveLength(BATCHES);
        expect(heaps.at(-1)?.seen).toBeLessThan(RECORDS);
        const most = Math.max(...heaps.map(({ heapUsed }) => heapUsed)); // bounded: a few batches
        expect(most).toBeLessThan(BYTES_IN_FLIGHT + 64 * MIB);
      },
      180_000,
    );
  }
});
