// The receiving end of the results of a cluster: an HTTP server that prints each request as one line of JSON, and then answers. Argument:
// the address.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { RESULTS_PORT } from './results-port.ts';

const server = createServer(async (request, response) => {
  try {
    const key = request.headers['idempotency-key'];
    const body = await text(request);
    const rows: unknown = JSON.parse(`[${body.trimEnd().split('\n').join(',')}]`);
    const line = `${JSON.stringify({ path: request.url, key, rows })}\n`;
    if (!process.stdout.write(line)) await once(process.stdout, 'drain');
    response.writeHead(200).end();
  } catch {
    // A request that was cut off comes again.
    response.destroy();
  }
});
server.listen(RESULTS_PORT, process.argv[2], () => process.stdout.write('listening\n'));
