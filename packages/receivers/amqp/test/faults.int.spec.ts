// A whole engine with `amqpQueue` under faults: every record is in the result once, and no message is acknowledged before its
// record is stored. A message that was acknowledged too early never comes again, so a kill makes its record missing; after some
// of the kills the acknowledged messages are also looked up at the broker, and an engine without a broker shows what
// was stored.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished } from 'vitest';
import { problemsThroughFaults } from '../../../../tools/servers/fault-runs.ts';
import { brokerFaults } from './broker-faults.ts';
import { ResultTable } from './result-table.ts';
import { untilTrue } from './until-true.ts';
import { withRabbit } from './with-rabbit.ts';

const PROGRAM = fileURLToPath(new URL('programs/queue-to-table.ts', import.meta.url));
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 20);
const RECORDS = 1_500;
/** One run of so many looks at the broker; each look costs a start of the program. */
const LOOKED_UP = 5;
/** A port that nobody listens on. */
const NOWHERE = 1;

const { itWithRabbit } = withRabbit();

/** Runs the program without a broker until these ids are in the table: the log had them. */
async function storedWithoutBroker(table: ResultTable, ids: readonly number[]): Promise<boolean> {
  const args = ['--conditions=millrace:source', PROGRAM, String(NOWHERE), 'nowhere', table.directory];
  const program = spawn(process.execPath, args, { stdio: 'ignore' });
  const exited = once(program, 'exit');
  try {
    await untilTrue(() => new Set(ids).isSubsetOf(new Set(table.ids())));
    return true;
  } catch {
    return false;
  } finally {
    program.kill('SIGKILL');
    await exited;
  }
}

describe('amqpQueue through kills of the engine, kills of the broker and broken connections', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    itWithRabbit(
      `has every record once with seed ${seed}`,
      async (broker) => {
        const queue = await broker.queue();
        const table = new ResultTable();
        onTestFinished(() => table.remove());
        const problems = await problemsThroughFaults({
          seed,
          command: [
            '--conditions=millrace:source',
            PROGRAM,
            String(broker.proxy.port),
            queue,
            table.directory,
          ],
          records: RECORDS,
          send: (ids) => broker.publishIds(queue, ids),
          faults: brokerFaults(broker, { isServerKilled: seed % 20 === 0 }),
          results: async () => table.ids(),
          whileDead: async () => {
            if (seed % LOOKED_UP !== 0) return [];
            const isStored = await storedWithoutBroker(table, await broker.acknowledged(queue));
            return isStored ? [] : ['a message was acknowledged before its record was stored'];
          },
        });
        expect(problems).toEqual([]);
      },
      300_000,
    );
  }
});
