// The streams of an application's blocks. Several, so that their leaders, and with them the disks, share the work.
import type { StreamConfig } from '../streams/stream-shapes.ts';

const GIB = 1024 * 1024 * 1024;
/** Two minutes: a message is repeated within this time, or until then its sender has died. */
const DUPLICATE_WINDOW = 120_000_000_000;

/** The largest message of a block, in bytes without headers. */
export const BLOCK_MESSAGE_BYTES = 1024 * 1024;
/** With room for headers. */
const MAX_MSG_SIZE = 1_100_000;

/** The number of streams of blocks of an application. */
export const BLOCK_STREAMS = 3;

/** The settings that an operator may choose. */
export interface BlockStreamChoice {
  /** The number of servers with a copy. */
  readonly replicas: number;
}

/** The settings of the streams of blocks, in order. Every replica may answer a read: a block never changes. */
export function blockStreamConfigs(app: string, { replicas }: BlockStreamChoice): readonly StreamConfig[] {
  return Array.from({ length: BLOCK_STREAMS }, (_, index) => ({
    name: `ML_${app}_BLK_${index}`,
    subjects: [`ml.${app}.blk.${index}`],
    retention: 'limits',
    storage: 'file',
    discard: 'new',
    num_replicas: replicas,
    max_bytes: 16 * GIB,
    max_msg_size: MAX_MSG_SIZE,
    max_msgs_per_subject: -1,
    duplicate_window: DUPLICATE_WINDOW,
    deny_delete: false,
    allow_direct: true,
  }));
}
