// Faults of a broker and of the way to the broker.
import { setTimeout } from 'node:timers/promises';
import type { TcpProxy } from '@millrace/testing';
import type { Fault } from '../../../../tools/servers/fault-runs.ts';
import type { RealServer } from '../../../../tools/servers/real-server.ts';

const STALL_MAX_MS = 600;
const AWAY_MAX_MS = 400;

/** Cuts, a stall and an unreachable broker, for runs side by side. */
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
      name: 'unreachable broker',
      inject: async (random) => {
        await proxy.setReachable(false);
        await setTimeout(random.integer(AWAY_MAX_MS));
        await proxy.setReachable(true);
      },
    },
  ];
}

/** The death of the broker, which costs seconds, for runs alone. */
export function brokerDeath(server: RealServer): Fault {
  return {
    name: 'kill of the broker',
    inject: async (random) => {
      await server.kill();
      await setTimeout(random.integer(AWAY_MAX_MS));
      await server.restart();
    },
  };
}
