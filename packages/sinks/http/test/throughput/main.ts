// CPU time per million records beside `fetch` by hand, to a server in this process that reads every request:
//   node --conditions=millrace:source packages/sinks/http/test/throughput/main.ts [rounds] [records of a round]
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compareWriters } from '../../../../../tools/throughput/compare-writers.ts';

const [rounds = '7', records = '300000'] = process.argv.slice(2);
const server = createServer((request, response) => {
  request.resume().once('end', () => response.end());
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
await compareWriters({
  program: new URL('writer.ts', import.meta.url),
  place: async () => [`http://127.0.0.1:${port}/`],
  rounds: Number(rounds),
  records: Number(records),
  rows: 1_000,
});
server.close();
