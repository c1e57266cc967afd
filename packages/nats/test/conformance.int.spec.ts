// The kit of logs over three real servers, with three replicas.
import { type WriteAheadLogTarget, writeAheadLogConformance } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import type { RealCluster } from './real-cluster.ts';
import { withCluster } from './with-cluster.ts';

const { it: itWithCluster, cluster } = withCluster(3);
const it = (title: string, test: Parameters<Parameters<typeof writeAheadLogConformance>[0]['it']>[1]): void =>
  itWithCluster(title, (_, context) => test(context));

writeAheadLogConformance(
  { describe, it },
  {
    name: 'NatsLog',
    module: import.meta.url,
    capabilities: { durability: 'machine', takesOver: true },
    create: () => logsOver(cluster()),
  },
);

async function logsOver(servers: RealCluster): Promise<WriteAheadLogTarget> {
  const streams = new Map<string, string>();
  const api = await servers.api();
  const streamOf = async (name: string): Promise<string> => {
    const known = streams.get(name) ?? (await servers.createStream());
    streams.set(name, known);
    return known;
  };
  return {
    createFactory: () => {
      const factory = servers.process();
      return {
        open: async (name) => factory.open(await streamOf(name)),
        close: () => factory.close(),
      };
    },
    // The log is not on the machine of the process.
    crashProcess: () => undefined,
    crashMachine: () => undefined,
    raiseFormat: async (name) => {
      const stream = await streamOf(name);
      await api.append({ subject: `ml.${stream}`, data: Buffer.of(2, 0, 0) });
    },
    contents: async () => (await api.info(await streamOf('log')))?.state,
  };
}
