// The rate at which lines from a TCP connection become blocks, beside the minimum cost of reading: a socket whose
// chunks are searched for line ends and dropped.
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { NodeStorage, NoopLogger, type ReceiverContext, SeededRandom, SystemClock } from '@millrace/core';
import { BlockGenerator, BlockIds, RateLimiter, resolveReceivingOptions } from '@millrace/engine/internals';
import { socketText } from '@millrace/receiver-socket';
import type { BenchCase, BenchSuite, BenchWorkload, Budget } from '../runner/suite.ts';
import type { LineSourceData } from './line-source.ts';

const BARE = 'bare net.Socket';
const SOCKET_TEXT = 'socketText to blocks';
const CALL_BYTES = 64 * 1_024 * 1_024;
const LINE_FEED = 10;

const BUDGETS: readonly Budget[] = [{ contender: SOCKET_TEXT, against: BARE, atLeast: 0.7, line: 'socket' }];

/** The suite `socket`. */
export const socketSuite: BenchSuite = {
  name: 'socket',
  purpose: 'rate at which lines from TCP become blocks, beside a socket reader that only counts lines',
  unit: 'lines',
  contenders: 2,
  workloads: [20, 100, 1_000].map(benchWorkload),
};

function benchWorkload(lineBytes: number): BenchWorkload {
  const source = { lineBytes, lines: Math.floor(CALL_BYTES / lineBytes) };
  return {
    name: `lines of ${lineBytes} bytes`,
    makeCases: () => [caseOf(SOCKET_TEXT, source, countByReceiver), caseOf(BARE, source, countBare)],
    budgets: BUDGETS,
  };
}

/** Reads one stream to its end and returns the number of lines. */
type CountLines = (port: number) => Promise<number>;

function caseOf(name: string, data: LineSourceData, countLines: CountLines): BenchCase {
  const source = new Worker(new URL('./line-source.ts', import.meta.url), { workerData: data });
  const listening = once(source, 'message') as Promise<[AddressInfo]>;
  return {
    name,
    operations: data.lines,
    run: async () => {
      const [{ port }] = await listening;
      const lines = await countLines(port);
      if (lines !== data.lines) throw new Error(`expected ${data.lines} lines, got ${lines}`);
    },
    close: async () => void (await source.terminate()),
  };
}

async function countBare(port: number): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  let lines = 0;
  socket.on('data', (chunk: Buffer) => {
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, end + 1)) lines += 1;
  });
  await once(socket, 'close');
  return lines;
}

/** A receiver and a generator with defaults; the handler drops the blocks. */
async function countByReceiver(port: number): Promise<number> {
  const clock = new SystemClock();
  const options = resolveReceivingOptions();
  const ids = new BlockIds(0, 'bench');
  const ended = Promise.withResolvers<void>();
  let lines = 0;
  const generator = new BlockGenerator({
    clock,
    random: new SeededRandom(1),
    log: new NoopLogger(),
    options,
    limiter: new RateLimiter({ clock, options }),
    sourceWaits: false,
    nextBlockId: () => ids.next(),
    onPushBlock: async ({ block }) => void (lines += block.recordCount),
    onFailed: ended.reject,
  });
  generator.start();
  const receiver = socketText({ host: '127.0.0.1', port, onEnd: 'stop' }).create();
  await receiver.start(contextOf(generator, clock, ended));
  await ended.promise;
  await receiver.stop({ kind: 'final', message: 'the stream ended' });
  await generator.stop(new Error('the stream ended'));
  return lines;
}

/** The part of the engine between a receiver and its generator. */
function contextOf(
  generator: BlockGenerator,
  clock: SystemClock,
  ended: PromiseWithResolvers<void>,
): ReceiverContext<string> {
  const unused = (): never => {
    throw new Error('a text receiver stores text');
  };
  return {
    streamId: 0,
    attemptId: 'bench',
    executorId: 'bench',
    host: 'localhost',
    signal: new AbortController().signal,
    clock,
    random: new SeededRandom(1),
    storage: new NodeStorage(),
    log: new NoopLogger(),
    store: unused,
    storeText: (bytes, lineCount) => generator.storeText(bytes, lineCount),
    ready: () => generator.ready(),
    storeBlock: unused,
    storeBytes: unused,
    reportError: (message) => ended.reject(new Error(message)),
    restart: (message, error) => ended.reject(new Error(message, { cause: error })),
    stop: () => ended.resolve(),
  };
}
