// The rate of buckets fetched directly, beside the same buckets over a session on three servers of this machine. Both ends are
// in this process; for the session each end is connected to another server, as on two hosts.
//
//   node --conditions=millrace:source packages/nats/test/figures/buckets.ts
import { MsgpackCodec, NoopLogger } from '@millrace/core';
import {
  DataFetcher,
  DataServer,
  directAdoption,
  formatDataAddress,
  type PeerService,
} from '@millrace/remote';
import { SubjectSessions } from '../../src/session/subject-sessions.ts';
import { RealCluster } from '../real-cluster.ts';
import { inTurns, report } from './rounds.ts';

const MIB = 1024 * 1024;
const TOGETHER = 4;
const WORKLOADS = [
  { buckets: 1, bytes: 8 * MIB, fetches: 8 },
  { buckets: 16, bytes: 65_536, fetches: 32 },
  { buckets: 64, bytes: 1_024, fetches: 200 },
];

const cluster = await RealCluster.start(3);
if (cluster === undefined) throw new Error('NATS is not installed: run tools/servers/nats.sh install');
const { clock, random } = cluster;
const codec = new MsgpackCodec();
const log = new NoopLogger();
const secret = new Uint8Array(32).fill(1);
let buckets: readonly Uint8Array[] = [];
const server = await DataServer.listen({
  clock,
  codec,
  log,
  address: { host: '127.0.0.1', port: 0 },
  answer: async () => ({ buckets }),
});
server.admit(secret);
const fetcher = new DataFetcher({ clock, random, codec, secret });
try {
  const [one, two] = await Promise.all(
    cluster.servers.slice(0, 2).map(async ({ port }) => {
      const link = await cluster.link([port]);
      return new SubjectSessions({ link, app: 'figures', clock, random, codec, log });
    }),
  );
  if (one === undefined || two === undefined) throw new Error('expected two connections');
  const service: PeerService = {
    executorId: 'e-1',
    answer: async () => ({ buckets }),
    unreachable: (kind) => new Error(`unreachable: ${kind}`),
    onClose: () => undefined,
  };
  const peerBy = (address: string | undefined) => {
    const [first, second] = one.pair();
    directAdoption({ adopt: two.adopt, fetcher, clock, codec, log })({ session: second }, service);
    return directAdoption({ adopt: one.adopt, fetcher, clock, codec, log })(
      { session: first, address },
      service,
    );
  };
  const direct = peerBy(formatDataAddress(server.address));
  const overNats = peerBy(undefined);
  const request = { epoch: 1, shuffleId: 's', partition: 0, mapPartitions: [0] };
  for (const { buckets: count, bytes, fetches } of WORKLOADS) {
    buckets = Array.from({ length: count }, (_, index) => new Uint8Array(bytes).fill(index));
    const fetchBy = (peer: typeof direct) => async (): Promise<void> => {
      const reply = (await peer.ask('FetchBuckets', request)) as { readonly buckets: readonly Uint8Array[] };
      const fetched = reply.buckets.reduce((sum, bucket) => sum + bucket.byteLength, 0);
      if (fetched !== count * bytes) throw new Error(`expected ${count * bytes} bytes, got ${fetched}`);
    };
    const rounds = await inTurns(fetchBy(direct), fetchBy(overNats), fetches, TOGETHER);
    report(`${count} of ${bytes / 1_024} KiB, direct ÷ over NATS`, rounds, (count * bytes) / MIB, 'MiB');
  }
} finally {
  fetcher.close();
  await server.close();
  await cluster.stop();
}
