// Sinks in processes of their own: killed ones, and one with a large partition.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { problemsThroughKills } from '@millrace/testing';
import { describe, expect } from 'vitest';
import type { Broker } from './broker.ts';
import { valuesOf } from './opened-sinks.ts';
import { pointOf, type RequestFault } from './request-fault.ts';
import { withKafka } from './with-kafka.ts';

const PROGRAM = fileURLToPath(new URL('programs/batch-writer.ts', import.meta.url));

const { itWithKafka } = withKafka();

const LARGE_PARTITION = fileURLToPath(new URL('programs/large-partition.ts', import.meta.url));
/** About 30 MB in the topic. */
const LARGE = 300_000;
const MIB = 1_048_576;

/** Options of the program; every partition needs several requests. */
const optionsOf = (port: number, topic: string) =>
  JSON.stringify({ host: '127.0.0.1', port, topic, ledgerTopic: `${topic}-ledger`, requestBytes: 2_048 });

/** The instants of a write at which its process dies. */
const STEPS: readonly (readonly [string, RequestFault])[] = [
  ['behind the beginning of the producer', { request: 'initProducerId', takesEffect: true }],
  ['behind the message of the ledger', { request: 'produce', takesEffect: true }],
  ['in the middle of the records', { request: 'produce', after: 2 }],
  ['before the commit', { request: 'endTransaction' }],
  ['behind the commit of the second partition', { request: 'endTransaction', after: 1, takesEffect: true }],
];

/** Runs the program for one batch; the signal that has ended the program. */
async function runProgram(options: string, onStart: (kill: () => void) => void = () => undefined) {
  const args = ['--conditions=millrace:source', PROGRAM, options, '1', 'steps'];
  const program = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = once(program, 'exit');
  onStart(() => void program.kill('SIGKILL'));
  const [code, signal] = (await exited) as [number | null, string | null];
  return signal ?? code;
}

async function sortedValues(broker: Broker, topic: string): Promise<readonly (string | null)[]> {
  return (await valuesOf(broker, topic)).toSorted();
}

describe('kafkaSink in a process that is killed', () => {
  itWithKafka(
    'has each record exactly once after a replay (SINK-1, SINK-2, SINK-15)',
    async (broker) => {
      const topic = await broker.topic(3);
      const records = async () =>
        (await valuesOf(broker, topic)).map((value) => String(JSON.parse(String(value))));
      const command = ['--conditions=millrace:source', PROGRAM, optionsOf(broker.port, topic)];
      expect(await problemsThroughKills({ command, records, kills: 4 })).toEqual([]);
    },
    120_000,
  );

  itWithKafka(
    'has each record exactly once, whatever step the process dies at (SINK-4, SINK-15)',
    async (broker) => {
      const whole = await broker.topic();
      expect(await runProgram(optionsOf(broker.port, whole))).toBe(0);
      const expected = await sortedValues(broker, whole);
      for (const [step, fault] of STEPS) {
        const topic = await broker.topic();
        const options = optionsOf(broker.proxy.port, topic);
        const end = await runProgram(options, (kill) =>
          broker.proxy.breakAt({ ...pointOf(fault), onMet: kill }),
        );
        const again = await runProgram(options);
        const values = await sortedValues(broker, topic);
        expect({ step, end, again, values }).toEqual({ step, end: 'SIGKILL', again: 0, values: expected });
      }
    },
    120_000,
  );
});

describe('the memory of kafkaSink', () => {
  itWithKafka(
    'does not grow with a partition: the sink holds the records of two requests',
    async (broker) => {
      const topic = await broker.topic();
      const options = { host: '127.0.0.1', port: broker.port, topic, ledgerTopic: `${topic}-ledger` };
      const flags = ['--expose-gc', '--conditions=millrace:source'];
      const args = [...flags, LARGE_PARTITION, JSON.stringify(options), String(LARGE)];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const { heapUsed } = JSON.parse(stdout) as { readonly heapUsed: number };
      expect(heapUsed).toBeLessThan(64 * MIB);
      await broker.settled(topic);
      expect(await broker.end(topic)).toBe(LARGE + 1);
    },
    120_000,
  );
});
