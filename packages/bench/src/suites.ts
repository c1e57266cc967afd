// Every suite, in the order in which they run when none is named.
import { checkpointSuite } from './durability/checkpoint-suite.ts';
import { recoverySuite } from './durability/recovery-suite.ts';
import { walPeersSuite } from './durability/wal-peers-suite.ts';
import { walReadSuite } from './durability/wal-read-suite.ts';
import { walWriteSuite } from './durability/wal-write-suite.ts';
import { socketSuite } from './socket/socket-suite.ts';
import { storeSuite } from './store/store-suite.ts';
import { byKeySuite, chainSuite, stateSuite } from './streams/stream-suites.ts';
import type { BenchSuite } from './suite.ts';

/** All suites. */
export const SUITES: readonly BenchSuite[] = [
  storeSuite,
  socketSuite,
  chainSuite,
  byKeySuite,
  stateSuite,
  walWriteSuite,
  walPeersSuite,
  walReadSuite,
  recoverySuite,
  checkpointSuite,
];
