// Faults of a server and of the way to the server, and a sender that goes on through the faults.
import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import type { Fault } from '../../../../tools/servers/fault-runs.ts';
import type { TcpProxy } from '@millrace/testing';
import type { RealServer } from '../../../../tools/servers/real-server.ts';
import type { Database } from './database.ts';

const STALL_MAX_MS = 600;
const AWAY_MAX_MS = 400;
const TRY_AGAIN_MS = 100;

const deaths = new WeakMap<RealServer, Promise<void>>();

/** Kills and restarts a server; runs that share the server kill one after the other. */
async function killAndRestart(server: RealServer, awayMs: number): Promise<void> {
  const before = deaths.get(server) ?? Promise.resolve();
  const death = before.then(async () => {
    await server.kill();
    await setTimeout(awayMs);
    await server.restart();
  });
  deaths.set(
    server,
    death.catch(() => undefined),
  );
  await death;
}

/** Cuts, a stall, an unreachable server and the death of the server. */
export function serverFaults(proxy: TcpProxy, server: RealServer): readonly Fault[] {
  return [
    { name: 'cut', inject: async () => proxy.cut() },
    {
      name: 'stall',
      inject: async (random) => {
        proxy.stall();
        await setTimeout(random.integer(STALL_MAX_MS));
        proxy.flow();
      },
    },
    {
      name: 'unreachable server',
      inject: async (random) => {
        await proxy.setReachable(false);
        await setTimeout(random.integer(AWAY_MAX_MS));
        await proxy.setReachable(true);
      },
    },
    {
      name: 'kill of the server',
      inject: (random) => killAndRestart(server, random.integer(AWAY_MAX_MS)),
    },
  ];
}

/** Writes numbered rows, each once, whether the server lives or not. */
export class RowSender {
  readonly #database: Database;
  #client: pg.Client | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes rows in one transaction; resolves when the server has the rows. */
  async send(ids: readonly number[]): Promise<void> {
    const values = ids.map((id) => `(${id})`).join(', ');
    // A repetition finds the rows that a lost answer has told of.
    await this.run(`INSERT INTO records (id) VALUES ${values} ON CONFLICT DO NOTHING`);
  }

  /** Runs a statement until the server answers. */
  async run<Row extends object>(statement: string): Promise<readonly Row[]> {
    for (;;) {
      try {
        this.#client ??= await this.#database.client();
        return (await this.#client.query<Row>(statement)).rows;
      } catch {
        const lost = this.#client;
        this.#client = undefined;
        lost?.end().catch(() => undefined);
        await setTimeout(TRY_AGAIN_MS);
      }
    }
  }

  async end(): Promise<void> {
    await this.#client?.end();
  }
}
