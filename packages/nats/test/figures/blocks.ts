// The rate of blocks on three servers of this machine, beside bare publishes of the same bytes to the same kind of streams in the
// same window:
//
//   node --conditions=millrace:source packages/nats/test/figures/blocks.ts
import { textBlock } from '@millrace/testing';
import { SendWindow } from '../../src/blocks/send-window.ts';
import { blockId } from '../blocks/blocks-world.ts';
import { RealBlocks } from '../blocks/real-blocks.ts';
import { RealCluster } from '../real-cluster.ts';
import { inTurns, report } from './rounds.ts';

const MIB = 1024 * 1024;
/** With its envelope one message, see `BLOCK_MESSAGE_BYTES`. */
const BLOCK_BYTES = MIB - 1_024;
const BLOCKS = 24;
/** As many as fit into the window. */
const WINDOW = { messages: 16, bytes: 8 * MIB };
const TOGETHER = 16;

const cluster = await RealCluster.start(3);
if (cluster === undefined) throw new Error('NATS is not installed: run tools/servers/nats.sh install');
try {
  const change = { max_bytes: 128 * MIB };
  const blocks = await RealBlocks.create(cluster, change);
  const { handler, blockStore } = await blocks.process();
  const block = textBlock(`${'x'.repeat(BLOCK_BYTES - 1)}\n`);
  const bare = await RealBlocks.create(cluster, change);
  const subjects = bare.configs.map(({ subjects: [subject = ''] }) => subject);
  const window = new SendWindow(WINDOW);
  const data = new Uint8Array(BLOCK_BYTES).fill(120);
  let [stored, published] = [0, 0];
  const store = async (): Promise<void> => {
    stored += 1;
    const id = blockId(stored);
    await handler.storeBlock(id, block);
    await blockStore.remove([id]);
  };
  const publish = async (): Promise<void> => {
    published += 1;
    const subject = subjects[published % subjects.length] ?? '';
    await window.run(data.byteLength, () => bare.api.append({ subject, data }, 30_000));
  };
  report('blocks of 1 MiB ÷ bare publishes', await inTurns(store, publish, BLOCKS, TOGETHER), 1, 'MiB');
  const [ours, theirs] = [await blocks.messages(), await bare.messages()];
  if (ours !== theirs) throw new Error(`${ours} messages of blocks, ${theirs} bare ones`);
} finally {
  await cluster.stop();
}
