// A whole engine with `kafkaGroup` under faults: every record is in the result, and no offset is committed before the records
// in front of the offset are stored. The broker is asked after each kill; an engine that is then started without a broker
// shows what was stored.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { serverFaults } from '../../../../tools/servers/server-faults.ts';
import { ResultTable } from '../../../../tools/servers/result-table.ts';
import { FAULT_RUN_MS, problemsThroughFaults, REPLAY_MS } from '../../../../tools/servers/fault-runs.ts';
import { untilAtWork } from '../../../../tools/servers/until-at-work.ts';
import type { Broker } from './broker.ts';
import { withKafka } from './with-kafka.ts';

const PROGRAM = fileURLToPath(new URL('programs/group-to-table.ts', import.meta.url));
const PARTITIONS = 3;
const SEEDS = Number(process.env['MILLRACE_FAULT_SEEDS'] ?? 8);
/** Further runs, by the protocol `consumer`. */
const CONSUMER_SEEDS = 4;
/** A port that nobody listens on. */
const NOWHERE = 1;
/** Runs wait most of the time, so some run at once, each with a proxy of its own. */
const SIDE_BY_SIDE = 4;
const killsBroker = (seed: number): boolean => seed % 4 === 0;
const seeds = Array.from({ length: SEEDS + CONSUMER_SEEDS }, (_, index) => index + 1);

const { itWithKafka } = withKafka(SIDE_BY_SIDE);

/** The ids in each partition, in the order of offsets. */
class WrittenIds {
  readonly #ids: number[][] = Array.from({ length: PARTITIONS }, () => []);

  async write(broker: Broker, topic: string, ids: readonly number[]): Promise<void> {
    for (const id of ids) this.#ids[id % PARTITIONS]?.push(id);
    await broker.write(
      topic,
      ids.map((id) => ({ value: JSON.stringify({ id }), partition: id % PARTITIONS })),
    );
  }

  /** The ids in front of the offsets of a group. */
  before(committed: readonly number[]): readonly number[] {
    return this.#ids.flatMap((ids, partition) => ids.slice(0, Math.max(0, committed[partition] ?? 0)));
  }
}

/** Runs the program without a broker until these ids are in the table: the log had them. */
async function storedWithoutBroker(
  topic: string,
  table: ResultTable,
  ids: readonly number[],
): Promise<boolean> {
  const args = ['--conditions=millrace:source', PROGRAM, String(NOWHERE), topic, table.directory];
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
  const protocol = seed > SEEDS ? 'consumer' : 'classic';
  itWithKafka(
    `has every record with seed ${seed} (${protocol}), and commits nothing that is not stored`,
    (broker, { onTestFinished }) =>
      broker.proxies.lend(async (proxy) => {
        const topic = await broker.topic(PARTITIONS);
        const table = new ResultTable();
        onTestFinished(() => table.remove());
        const written = new WrittenIds();
        const args = [String(proxy.port), topic, table.directory, protocol];
        const results = async (): Promise<readonly number[]> => table.ids();
        const problems = await problemsThroughFaults({
          seed,
          command: ['--conditions=millrace:source', PROGRAM, ...args],
          send: (ids) => written.write(broker, topic, ids),
          faults: serverFaults({ proxy, server: broker.kafka, isServerKilled: killsBroker(seed) }),
          results,
          beforeKill: untilAtWork({ results }),
          whileDead: async () => {
            const ids = written.before(await broker.committed(topic, topic, PARTITIONS));
            const isStored = await storedWithoutBroker(topic, table, ids);
            return isStored ? [] : ['an offset was committed before its records were stored'];
          },
        });
        expect(problems).toEqual([]);
      }),
    FAULT_RUN_MS,
  );
}

describe('kafkaGroup through kills of the engine', () => {
  describe.concurrent('and broken connections', () => {
    for (const seed of seeds.filter((one) => !killsBroker(one))) itHasEveryRecord(seed);
  });

  // One after the other: a killed broker is away for every run. Few seeds have none.
  for (const seed of seeds.filter(killsBroker)) itHasEveryRecord(seed);
});
