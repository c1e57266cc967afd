// Runs the receiver of countdown.ts: a plugin author's first program.
import { endWhenUnread, StreamingContext } from '@millrace/engine';
import { countdown } from './countdown.ts';

// A reader that closes its end (`| head`) ends the program without an error.
endWhenUnread();
const ssc = new StreamingContext({ appName: 'own-receiver', batchIntervalMs: 50 });
const seen: number[] = [];
ssc.receiverStream(countdown({ from: 10, tickMs: 10 })).foreachRDD(async (rdd) => {
  seen.push(...(await rdd.collect()));
});

await ssc.start();
await ssc.awaitSourcesEnded();
await ssc.stop();
console.log(seen.join(' '));
