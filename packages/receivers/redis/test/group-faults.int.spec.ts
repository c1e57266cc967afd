// A whole engine with `redisStream` under faults: every record is in the result, and nothing is acknowledged before it is stored.
// The server is asked after each kill; an engine that is then started without a server shows what was stored.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { serverFaults } from '../../../../tools/servers/server-faults.ts';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { FAULT_RUN_MS, problemsThroughFaults, REPLAY_MS } from '../../../../tools/servers/fault-runs.ts';
import { untilAtWork } from '../../../../tools/servers/until-at-work.ts';
import { withRedis } from './with-redis.ts';

const PROGRAM = fileURLToPath(new URL('programs/group-to-table.ts', import.meta.url));
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 8);
/** A port that nobody listens on. */
const NOWHERE = 1;

/** Runs wait most of the time, so some run at once, each with a server of its own. */
const SIDE_BY_SIDE = 4;

const { itWithRedis } = withRedis(SIDE_BY_SIDE);

/** Runs the program without a server until these ids are in the table: the log had them. */
async function storedWithoutServer(
  stream: string,
  table: ResultTable,
  ids: readonly number[],
): Promise<boolean> {
  const args = ['--conditions=millrace:source', PROGRAM, String(NOWHERE), stream, table.directory];
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

describe.concurrent('redisStream through kills of engine and server, and broken connections', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    itWithRedis(
      `has every record with seed ${seed}, and acknowledges nothing that is not stored`,
      async (redis, { onTestFinished }) => {
        const stream = await redis.stream();
        const table = new ResultTable();
        onTestFinished(() => table.remove());
        const written: string[] = [];
        const args = [String(redis.proxy.port), stream, table.directory];
        const results = async (): Promise<readonly number[]> => table.ids();
        const problems = await problemsThroughFaults({
          seed,
          command: ['--conditions=millrace:source', PROGRAM, ...args],
          send: async (ids) => {
            written.push(...(await redis.writeNumbered(stream, ids)));
          },
          faults: serverFaults(redis),
          results,
          beforeKill: untilAtWork({ results }),
          whileDead: async () => {
            const known = [...written];
            const acknowledged = new Set(await redis.acknowledged(stream, known));
            const ids = known.flatMap((entry, id) => (acknowledged.has(entry) ? id : []));
            const isStored = await storedWithoutServer(stream, table, ids);
            return isStored ? [] : ['an entry was acknowledged before its record was stored'];
          },
        });
        expect(problems).toEqual([]);
      },
      FAULT_RUN_MS,
    );
  }
});
