// The least that a durable HTTP server does: parses each line of each body, writes the bodies that wait together with one sync, and
// answers. No batches, no checks, no recovery.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BareLog } from '../durability/bare-log.ts';
import { WaitingGroup } from '../durability/waiting-group.ts';
import { answerBench } from '../runner/measured-process.ts';
import type { ServerListening } from './served-program.ts';

const [directory = '.'] = process.argv.slice(2);
const log = new BareLog(directory, { isOverwriting: false });
const group = new WaitingGroup((bodies) => log.write(bodies));
let records = 0;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const lines = body.toString().split('\n');
    for (const line of lines) JSON.parse(line);
    void group.write(body).then(() => {
      records += lines.length;
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': ANSWER.length });
      response.end(ANSWER);
    });
  });
});

const ANSWER = '{"accepted":1}';

server.listen(0, '127.0.0.1', () =>
  answerBench({ port: (server.address() as AddressInfo).port } satisfies ServerListening, () => records),
);
