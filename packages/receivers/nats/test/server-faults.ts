// Faults of a server and of the way to the server.
import { setTimeout } from 'node:timers/promises';
import type { Fault } from '../../../../tools/servers/fault-runs.ts';
import type { NatsServer } from './nats-server.ts';

const STALL_MAX_MS = 600;
const AWAY_MAX_MS = 400;

/** Cuts, a stall, an unreachable server and the death of the server. */
export function serverFaults({ proxy, server }: NatsServer): readonly Fault[] {
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
      inject: async (random) => {
        await server.kill();
        await setTimeout(random.integer(AWAY_MAX_MS));
        await server.restart();
      },
    },
  ];
}
