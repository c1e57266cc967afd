// Faults of a broker and of the way to the broker.
import { setTimeout } from 'node:timers/promises';
import type { Fault } from '../../../../tools/servers/fault-runs.ts';
import type { Broker } from './broker.ts';

const STALL_MAX_MS = 600;
const AWAY_MAX_MS = 400;

/** Cuts, a stall and an unreachable broker for every run; the death of the broker, which costs seconds, for some. */
export function brokerFaults(
  { proxy, server }: Broker,
  { isServerKilled }: { readonly isServerKilled: boolean },
): readonly Fault[] {
  const faults: Fault[] = [
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
  if (isServerKilled) {
    faults.push({
      name: 'kill of the broker',
      inject: async (random) => {
        await server.kill();
        await setTimeout(random.integer(AWAY_MAX_MS));
        await server.restart();
      },
    });
  }
  return faults;
}
