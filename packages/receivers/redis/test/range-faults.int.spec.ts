// A whole engine with `redisStreamRange` under faults: every record is in the result exactly once, although the result only
// grows.
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { serverFaults } from '../../../../tools/servers/server-faults.ts';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { FAULT_RUN_MS, problemsThroughFaults } from '../../../../tools/servers/fault-runs.ts';
import { withRedis } from './with-redis.ts';

const PROGRAM = fileURLToPath(new URL('programs/range-to-table.ts', import.meta.url));
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 8);

/** Runs wait most of the time, so some run at once, each with a server of its own. */
const SIDE_BY_SIDE = 4;

const { itWithRedis } = withRedis(SIDE_BY_SIDE);

describe.concurrent('redisStreamRange through kills of engine and server, and broken connections', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    itWithRedis(
      `has every record once with seed ${seed}`,
      async (redis, { onTestFinished }) => {
        const stream = await redis.stream();
        const table = new ResultTable();
        onTestFinished(() => table.remove());
        const args = [String(redis.proxy.port), stream, table.directory];
        const problems = await problemsThroughFaults({
          seed,
          command: ['--conditions=millrace:source', PROGRAM, ...args],
          send: async (ids) => {
            await redis.writeNumbered(stream, ids);
          },
          faults: serverFaults(redis),
          results: async () => table.ids(),
        });
        expect(problems).toEqual([]);
      },
      FAULT_RUN_MS,
    );
  }
});
