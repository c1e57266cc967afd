// A whole engine with `mqttTopics` under faults: every record is in the result once, and no message is acknowledged before its
// record is stored. A message that was acknowledged too early never comes again, so a kill makes its record missing; after some
// of the kills the acknowledged messages are also looked up in the log of the broker, and an engine without a broker shows what
// was stored.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { serverFaults } from '../../../../tools/servers/server-faults.ts';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { FAULT_RUN_MS, problemsThroughFaults, REPLAY_MS } from '../../../../tools/servers/fault-runs.ts';
import { untilAtWork } from '../../../../tools/servers/until-at-work.ts';
import { withMosquitto } from './with-mosquitto.ts';

const PROGRAM = fileURLToPath(new URL('programs/topics-to-table.ts', import.meta.url));
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 8);
const RECORDS = 1_500;
/** One run of so many looks at the broker; each look costs a start of the program. */
const LOOKED_UP = 5;
/** A port that nobody listens on. */
const NOWHERE = 1;

/** Runs wait most of the time, so some run at once, each with a server of its own. */
const SIDE_BY_SIDE = 4;

const { itWithMosquitto } = withMosquitto({}, SIDE_BY_SIDE);

/** Runs the program without a broker until these ids are in the table: the log had them. */
async function storedWithoutBroker(table: ResultTable, ids: readonly number[]): Promise<boolean> {
  const args = ['--conditions=millrace:source', PROGRAM, String(NOWHERE), 'nowhere', '5', table.directory];
  const program = spawn(process.execPath, args, { stdio: 'ignore' });
  const exited = once(program, 'exit');
  try {
    await untilTrue(() => new Set(ids).isSubsetOf(new Set(table.ids())), { withinMs: REPLAY_MS });
    return true;
  } catch {
    return false;
  } finally {
    program.kill('SIGKILL');
    await exited;
  }
}

describe.concurrent('mqttTopics through kills of engine and broker, and broken connections', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    // With 3.1.1 this broker has 20 messages in flight, which takes longer.
    const version = seed % 4 === 0 ? '3.1.1' : '5';
    itWithMosquitto(
      `has every record once with seed ${seed} (${version})`,
      async (broker, { onTestFinished }) => {
        const name = broker.name();
        const table = new ResultTable();
        onTestFinished(() => table.remove());
        await broker.openSession(name, `${name}/#`);
        const results = async (): Promise<readonly number[]> => table.ids();
        const problems = await problemsThroughFaults({
          seed,
          command: [
            '--conditions=millrace:source',
            PROGRAM,
            String(broker.proxy.port),
            name,
            version,
            table.directory,
          ],
          records: RECORDS,
          send: (ids) => broker.publishIds(name, ids),
          faults: serverFaults(broker),
          results,
          beforeKill: untilAtWork({ results, records: RECORDS }),
          whileDead: async () => {
            if (seed % LOOKED_UP !== 0) return [];
            const isStored = await storedWithoutBroker(table, await broker.acknowledged(name));
            return isStored ? [] : ['a message was acknowledged before its record was stored'];
          },
        });
        expect(problems).toEqual([]);
      },
      FAULT_RUN_MS,
    );
  }
});
