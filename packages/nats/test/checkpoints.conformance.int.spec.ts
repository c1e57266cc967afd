// The kit of checkpoint stores over three real servers, with three replicas.
import { type CheckpointStoreTarget, checkpointStoreConformance } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { readIndex } from '../src/checkpoints/checkpoint-index.ts';
import { NatsCheckpoints } from '../src/checkpoints/nats-checkpoints.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import type { RealCluster } from './real-cluster.ts';
import { withCluster } from './with-cluster.ts';

const { it: itWithCluster, cluster } = withCluster(3);
type TestOf = Parameters<Parameters<typeof checkpointStoreConformance>[0]['it']>[1];
const it = (title: string, test: TestOf): void => itWithCluster(title, (_, context) => test(context));

/** Servers set this room aside, for each check. */
const ROOM_BYTES = 16 * 1024 * 1024;
/** Room for no message. */
const NO_ROOM_BYTES = 1;

checkpointStoreConformance(
  { describe, it },
  {
    name: 'NatsCheckpoints',
    module: import.meta.url,
    capabilities: { durability: 'machine', takesOver: true },
    // Some checks make dozens of stores, each with a connection, and every write is synced by servers.
    timeoutMs: 150_000,
    create: () => storesOver(cluster()),
  },
);

async function storesOver(servers: RealCluster): Promise<CheckpointStoreTarget> {
  const { clock, random, log } = servers;
  const app = random.id(12);
  const [control, chunks] = (['CTL', 'CKPT'] as const).map((purpose) => ({
    ...streamConfig(app, purpose, { replicas: 3 }),
    max_bytes: ROOM_BYTES,
  }));
  if (control === undefined || chunks === undefined) throw new Error('a stream has no settings');
  await servers.createStream(control);
  await servers.createStream(chunks);
  const api = await servers.api();
  const stores: NatsCheckpoints[] = [];
  const damage = async (kind: 'checkpoints' | 'parts', number: number): Promise<void> => {
    const index = readIndex(await api.get(control.name, { lastOf: `ml.${app}.ctl.checkpoints` }));
    // The newest message of the chunk's subject is the chunk.
    const subject = `ml.${app}.ckpt.${index[kind].get(number)?.name}.0`;
    const chunk = await api.get(chunks.name, { lastOf: subject });
    if (chunk === undefined) throw new Error(`there is no chunk ${subject}`);
    const data = Buffer.from(chunk.data);
    data.writeUInt8(data.readUInt8(0) ^ 1, 0);
    await api.append({ subject, data });
  };
  return {
    createStore: () => {
      const links = new SharedLinks({ open: () => servers.link() }, async () => undefined);
      const store = new NatsCheckpoints({ links, clock, random, log, app, replicas: 3 });
      stores.push(store);
      return store;
    },
    // The checkpoints are not on the machine of the process.
    crashProcess: () => undefined,
    crashMachine: () => undefined,
    damage: (batchTime) => damage('checkpoints', batchTime),
    damagePart: (part) => damage('parts', part),
    setFailing: async (isFailing) => {
      const max_bytes = isFailing ? NO_ROOM_BYTES : ROOM_BYTES;
      const config = Buffer.from(JSON.stringify({ ...chunks, max_bytes }));
      const answer = await api.link.request(`$JS.API.STREAM.UPDATE.${chunks.name}`, config, {
        timeoutMs: 20_000,
      });
      const { error } = JSON.parse(Buffer.from(answer.data).toString()) as { readonly error?: object };
      if (error !== undefined) throw new Error(`the stream keeps its room: ${JSON.stringify(error)}`);
    },
    warnings: () => log.messages('warn').length,
    dispose: async () => {
      for (const store of stores) await store.close();
      await api.link.close();
    },
  };
}
