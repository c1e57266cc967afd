// CPU time per million records beside the SDK by hand, on a real store:
//   node --conditions=millrace:source packages/sinks/s3/test/throughput/main.ts [rounds] [records of a round]
import { compareWriters } from '../../../../../tools/throughput/compare-writers.ts';
import { Server } from '../server.ts';

const [rounds = '7', records = '300000'] = process.argv.slice(2);
const server = await Server.start();
if (server === undefined) throw new Error('VersityGW is not installed: run tools/servers/s3.sh install');
try {
  await compareWriters({
    program: new URL('writer.ts', import.meta.url),
    place: async () => [JSON.stringify((await server.bucket()).place())],
    rounds: Number(rounds),
    records: Number(records),
    rows: 10_000,
  });
} finally {
  await server.server.stop();
}
