// The peer of the socket suite, on a separate thread: sends the same lines to every connection, as fast as the lines
// are read, and ends the stream. The source listens on the loopback interface only.
import { createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** The data sent to each connection. */
export interface LineSourceData {
  readonly lineBytes: number;
  readonly lines: number;
}

const WRITE_BYTES = 262_144;

const { lineBytes, lines } = workerData as LineSourceData;
const line = Buffer.alloc(lineBytes, 'x');
line[lineBytes - 1] = 10;
const linesPerWrite = Math.floor(WRITE_BYTES / lineBytes);
const block = Buffer.concat(Array.from({ length: linesPerWrite }, () => line));

const server = createServer((socket) => {
  // A reader that closes in the middle of a stream does not concern the source.
  socket.on('error', () => undefined);
  send(socket);
});
server.listen(0, '127.0.0.1', () => parentPort?.postMessage(server.address()));

function send(socket: Socket): void {
  let left = lines;
  const go = (): void => {
    while (left > 0) {
      const count = Math.min(left, linesPerWrite);
      left -= count;
      if (!socket.write(block.subarray(0, count * lineBytes))) return void socket.once('drain', go);
    }
    socket.end();
  };
  go();
}
