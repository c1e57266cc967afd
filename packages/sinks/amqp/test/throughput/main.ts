// CPU time per million records beside the client library by hand, on a real broker:
//   node --conditions=millrace:source packages/sinks/amqp/test/throughput/main.ts [rounds] [records of a round]
import { compareWriters } from '../../../../../tools/throughput/compare-writers.ts';
import { Broker } from '../broker.ts';

const [rounds = '5', records = '50000'] = process.argv.slice(2);
const broker = await Broker.start();
if (broker === undefined) throw new Error('RabbitMQ is not installed: run tools/servers/rabbitmq.sh install');
try {
  await compareWriters({
    program: new URL('writer.ts', import.meta.url),
    place: async () => [broker.server.port, await broker.queue()],
    rounds: Number(rounds),
    records: Number(records),
    rows: 1_000,
  });
} finally {
  await broker.stop();
}
