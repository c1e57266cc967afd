// A whole engine with `amqpQueue` under faults: every record is in the result once, and no message is acknowledged before its
// record is stored. A message that was acknowledged too early never comes again, so a kill makes its record missing; after some
// of the kills the acknowledged messages are also looked up at the broker, and an engine without a broker shows what
// was stored.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { connectionFaults, serverDeath } from '../../../../tools/servers/server-faults.ts';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { FAULT_RUN_MS, problemsThroughFaults, REPLAY_MS } from '../../../../tools/servers/fault-runs.ts';
import { untilAtWork } from '../../../../tools/servers/until-at-work.ts';
import { withRabbit } from './with-rabbit.ts';

const PROGRAM = fileURLToPath(new URL('programs/queue-to-table.ts', import.meta.url));
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 8);
const RECORDS = 1_500;
/** One run of so many looks at the broker; each look costs a start of the program. */
const LOOKED_UP = 5;
/** A port that nobody listens on. */
const NOWHERE = 1;
/** Runs wait most of the time, so some run at once, each with a proxy of its own. */
const SIDE_BY_SIDE = 4;
const killsBroker = (seed: number): boolean => seed % 8 === 0;
const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);

const { itWithRabbit } = withRabbit(SIDE_BY_SIDE);

/** Runs the program without a broker until these ids are in the table: the log had them. */
async function storedWithoutBroker(table: ResultTable, ids: readonly number[]): Promise<boolean> {
  const args = ['--conditions=millrace:source', PROGRAM, String(NOWHERE), 'nowhere', table.directory];
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

function itHasEveryRecord(seed: number): void {
  itWithRabbit(
    `has every record once with seed ${seed}`,
    (broker, { onTestFinished }) =>
      broker.proxies.lend(async (proxy) => {
        const queue = await broker.queue();
        const table = new ResultTable();
        onTestFinished(() => table.remove());
        const results = async (): Promise<readonly number[]> => table.ids();
        const args = [String(proxy.port), queue, table.directory];
        const problems = await problemsThroughFaults({
          seed,
          command: ['--conditions=millrace:source', PROGRAM, ...args],
          records: RECORDS,
          send: (ids) => broker.publishIds(queue, ids),
          faults: killsBroker(seed) ? [serverDeath(broker.server)] : connectionFaults(proxy),
          results,
          beforeKill: untilAtWork({ results, records: RECORDS }),
          whileDead: async () => {
            if (seed % LOOKED_UP !== 0) return [];
            const isStored = await storedWithoutBroker(table, await broker.acknowledged(queue));
            return isStored ? [] : ['a message was acknowledged before its record was stored'];
          },
        });
        expect(problems).toEqual([]);
      }),
    FAULT_RUN_MS,
  );
}

describe('amqpQueue through kills of the engine', () => {
  describe.concurrent('and broken connections', () => {
    for (const seed of seeds.filter((one) => !killsBroker(one))) itHasEveryRecord(seed);
  });

  // One after the other: a killed broker is away for every run. Few seeds have none.
  for (const seed of seeds.filter(killsBroker)) itHasEveryRecord(seed);
});
