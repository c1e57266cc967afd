// Prints a batch every 20 ms until the program is stopped, and reports the end on standard error.
import { StreamingContext } from '../../src/index.ts';

const ssc = new StreamingContext({ appName: 'prints-on', batchIntervalMs: 20 });
ssc.queueStream<string>([], { defaultEntry: ['a line'] }).print();
await ssc.start();
await ssc.awaitTermination();
process.stderr.write(`ended: ${ssc.state}\n`);
