// CPU time per million records beside the client library by hand, on a real server:
//   node --conditions=millrace:source packages/sinks/redis/test/throughput/main.ts [rounds] [records of a round]
import { compareWriters } from '../../../../../tools/throughput/compare-writers.ts';
import { RedisDatabase } from '../redis-database.ts';

const [rounds = '5', records = '200000'] = process.argv.slice(2);
const redis = await RedisDatabase.start();
if (redis === undefined) throw new Error('Redis is not installed: run tools/servers/redis.sh install');
try {
  for (const byHand of ['script', 'multi']) {
    process.stdout.write(`by hand with ${byHand}: `);
    await compareWriters({
      program: new URL('writer.ts', import.meta.url),
      place: async () => {
        await redis.run('FLUSHALL');
        return [redis.server.port, byHand];
      },
      rounds: Number(rounds),
      records: Number(records),
      rows: 1_000,
    });
  }
} finally {
  await redis.stop();
}
