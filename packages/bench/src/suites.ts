// Every suite, in the default order of a run.
import { asyncSuite } from './async/async-suite.ts';
import { batchesSuite } from './batches/batches-suite.ts';
import { batchingSuite } from './batching/batching-suite.ts';
import { blocksSuite, recordSizesSuite } from './blocks/blocks-suites.ts';
import { checkpointSuite } from './durability/checkpoint-suite.ts';
import { recoverySuite } from './durability/recovery-suite.ts';
import { walPeersSuite } from './durability/wal-peers-suite.ts';
import { walReadSuite } from './durability/wal-read-suite.ts';
import { walWriteSuite } from './durability/wal-write-suite.ts';
import {
  blocksInBatchSuite,
  receiversSuite,
  stateKeysSuite,
  windowLengthSuite,
} from './scale/growth-suites.ts';
import { uptimeSuite } from './scale/uptime-suite.ts';
import { durableHttpSuite } from './durable-http/durable-http-suite.ts';
import { idleSuite } from './idle/idle-suite.ts';
import { directSuite } from './direct/direct-suite.ts';
import { socketSuite } from './socket/socket-suite.ts';
import { storeSuite } from './store/store-suite.ts';
import { byKeySuite } from './streams/by-key-suite.ts';
import { chainSuite, stateSuite } from './streams/stream-suites.ts';
import { paperSuite } from './paper/paper-suite.ts';
import { sparkBlocksSuite, sparkSuite } from './paper/spark-suites.ts';
import { assemblySuite } from './micro/assembly-suite.ts';
import { codecSuite } from './micro/codec-suite.ts';
import { observeSuite } from './observe/observe-suite.ts';
import { observerSuite } from './micro/observer-suite.ts';
import { policiesSuite } from './micro/policies-suite.ts';
import { textSuite } from './micro/text-suite.ts';
import { trackerSuite } from './micro/tracker-suite.ts';
import type { BenchSuite } from './runner/suite.ts';

/** All suites. */
export const SUITES: readonly BenchSuite[] = [
  storeSuite,
  batchingSuite,
  socketSuite,
  textSuite,
  codecSuite,
  chainSuite,
  byKeySuite,
  stateSuite,
  asyncSuite,
  walWriteSuite,
  walPeersSuite,
  walReadSuite,
  recoverySuite,
  checkpointSuite,
  trackerSuite,
  policiesSuite,
  observerSuite,
  observeSuite,
  assemblySuite,
  blocksSuite,
  recordSizesSuite,
  durableHttpSuite,
  directSuite,
  idleSuite,
  batchesSuite,
  uptimeSuite,
  receiversSuite,
  blocksInBatchSuite,
  stateKeysSuite,
  windowLengthSuite,
  paperSuite,
  sparkBlocksSuite,
  sparkSuite,
];
