// A whole engine with `jetstreamRecords` under faults: every record is in the result, and no message is acknowledged before its
// record is stored. A work queue removes what is acknowledged, so the server is asked after each kill which messages it still
// has; an engine that is then started without a server shows what was stored.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { serverFaults } from '../../../../tools/servers/server-faults.ts';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { FAULT_RUN_MS, problemsThroughFaults, REPLAY_MS } from '../../../../tools/servers/fault-runs.ts';
import { untilAtWork } from '../../../../tools/servers/until-at-work.ts';
import { withNats } from './with-nats.ts';

const PROGRAM = fileURLToPath(new URL('programs/records-to-table.ts', import.meta.url));
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 8);
/** A port that nobody listens on. */
const NOWHERE = 1;

/** Runs wait most of the time, so some run at once, each with a server of its own. */
const SIDE_BY_SIDE = 4;

const { itWithNats } = withNats(SIDE_BY_SIDE);

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

describe.concurrent('jetstreamRecords through kills of engine and server, and broken connections', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    itWithNats(
      `has every record with seed ${seed}, and acknowledges nothing that is not stored`,
      async (server, { onTestFinished }) => {
        const stream = await server.stream({ retention: 'workqueue' });
        const table = new ResultTable();
        onTestFinished(() => table.remove());
        const args = [String(server.proxy.port), stream, table.directory];
        const results = async (): Promise<readonly number[]> => table.ids();
        const problems = await problemsThroughFaults({
          seed,
          command: ['--conditions=millrace:source', PROGRAM, ...args],
          send: (ids) =>
            server.write(
              `${stream}.a`,
              ids.map((id) => JSON.stringify({ id })),
            ),
          faults: serverFaults(server),
          results,
          beforeKill: untilAtWork({ results }),
          whileDead: async () => {
            const gone = await server.acknowledgedIds(stream);
            const isStored = await storedWithoutServer(stream, table, gone);
            return isStored ? [] : ['a message was acknowledged before its record was stored'];
          },
          // A message whose acknowledgement was lost comes again.
          whenComplete: () => untilTrue(async () => (await server.sequences(stream)).length === 0),
        });
        expect(problems).toEqual([]);
      },
      FAULT_RUN_MS,
    );
  }
});
