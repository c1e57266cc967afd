// Faults of a real server and of the way to the server, for seeded runs.
import { setTimeout } from 'node:timers/promises';
import type { TcpProxy } from '@millrace/testing';
import type { Fault } from './fault-runs.ts';
import type { RealServer } from './real-server.ts';

/** A server, and the way of the program under test to the server. */
export interface FaultedServer {
  readonly proxy: TcpProxy;
  readonly server: Pick<RealServer, 'kill' | 'restart'>;
  /** False: the server, whose death costs seconds, lives. Default true. */
  readonly isServerKilled?: boolean;
}

const STALL_MAX_MS = 600;
const AWAY_MAX_MS = 400;

const deaths = new WeakMap<FaultedServer['server'], Promise<void>>();

/** Kills and restarts a server; runs that share the server kill one after the other. */
async function killAndRestart(server: FaultedServer['server'], awayMs: number): Promise<void> {
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

/** Cuts, a stall and an unreachable server. */
export function connectionFaults(proxy: TcpProxy): readonly Fault[] {
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
  ];
}

/** The death of the server, which costs seconds with some servers. */
export function serverDeath(server: FaultedServer['server']): Fault {
  return {
    name: 'kill of the server',
    inject: (random) => killAndRestart(server, random.integer(AWAY_MAX_MS)),
  };
}

/** The faults of a connection and, unless told otherwise, the death of the server. */
export function serverFaults({ proxy, server, isServerKilled = true }: FaultedServer): readonly Fault[] {
  return isServerKilled ? [...connectionFaults(proxy), serverDeath(server)] : connectionFaults(proxy);
}
