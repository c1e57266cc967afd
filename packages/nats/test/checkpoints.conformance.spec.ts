// The kit of checkpoint stores over servers in memory, and the takeover by another driver.
import { isMillraceError } from '@millrace/core';
import { checkpointStoreConformance } from '@millrace/testing/conformance';
import { describe, expect, it } from 'vitest';
import { readIndex } from '../src/checkpoints/checkpoint-index.ts';
import { NatsCheckpoints } from '../src/checkpoints/nats-checkpoints.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { LogWorld } from './log-world.ts';

async function checkpointWorld() {
  const world = new LogWorld();
  for (const purpose of ['CTL', 'CKPT'] as const)
    await world.createStream(purpose, streamConfig('app', purpose, { replicas: 3 }));
  const { clock, random, log } = world;
  const createStore = () => {
    const links = new SharedLinks({ open: async () => world.nats.connect() }, async () => undefined);
    return new NatsCheckpoints({ links, clock, random, log, app: 'app', replicas: 3 });
  };
  const control = world.streams.stream('ML_app_CTL');
  const chunks = world.streams.stream('ML_app_CKPT');
  const damage = (kind: 'checkpoints' | 'parts', number: number): void => {
    const replica = control.replica(control.servers[0] ?? '');
    const index = readIndex(replica?.messages.get(replica.lastOf.get('ml.app.ctl.checkpoints') ?? 0));
    const subject = `ml.app.ckpt.${index[kind].get(number)?.name}.0`;
    const sequence = chunks.replica(chunks.servers[0] ?? '')?.lastOf.get(subject) ?? 0;
    chunks.damage(sequence, (data) => data.writeUInt8(data.readUInt8(0) ^ 1, 0));
  };
  const subjects = () => [...(chunks.replica(chunks.servers[0] ?? '')?.lastOf.keys() ?? [])];
  return { world, createStore, chunks, damage, subjects };
}

let made: Awaited<ReturnType<typeof checkpointWorld>>;

checkpointStoreConformance(
  { describe, it },
  {
    name: 'NatsCheckpoints',
    module: import.meta.url,
    capabilities: { durability: 'machine', takesOver: true },
    create: async () => {
      made = await checkpointWorld();
      const { world, createStore, chunks, damage } = made;
      return {
        createStore,
        crashProcess: () => undefined,
        crashMachine: () => undefined,
        damage: (batchTime) => damage('checkpoints', batchTime),
        damagePart: (part) => damage('parts', part),
        setFailing: (isFailing) => {
          chunks.isFull = isFailing;
        },
        warnings: () => world.log.messages('warn').length,
      };
    },
  },
);

describe('NatsCheckpoints', () => {
  it('are taken over by the first call of another driver, and refuse every change by the first one', async () => {
    const { createStore, subjects } = await checkpointWorld();
    const [first, second] = [createStore(), createStore()];
    await first.write(1, Buffer.from('one'));
    await first.writePart(7, Buffer.from('part'));
    expect(await second.list()).toEqual([1]);
    const before = subjects();
    const changes = [
      () => first.write(2, Buffer.from('two')),
      () => first.writePart(8, Buffer.from('late')),
      () => first.prune(1),
      () => first.removePart(7),
    ];
    for (const change of changes) {
      const error = await change().catch((reason: unknown) => reason);
      expect(isMillraceError(error, 'MR_CHECKPOINT_FENCED')).toBe(true);
    }
    expect([await second.list(), await second.listParts()]).toEqual([[1], [7]]);
    expect(Buffer.from((await second.newest())?.bytes ?? []).toString()).toBe('one');
    // The next driver removes what the refused one has left.
    const third = createStore();
    expect(await third.list()).toEqual([1]);
    expect(subjects().toSorted()).toEqual(before.toSorted());
  });

  it('keep large objects in chunks, and no object that was replaced', async () => {
    const { createStore, subjects } = await checkpointWorld();
    const store = createStore();
    const large = Buffer.alloc(1_300_000, 'abc');
    await store.write(1, Buffer.from('small'));
    await store.write(1, large);
    expect(subjects()).toHaveLength(3);
    expect(Buffer.compare((await createStore().newest())?.bytes ?? Buffer.alloc(0), large)).toBe(0);
  });
});
