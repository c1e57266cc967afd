// Every suite, in the order in which they run when none is named.
import { socketSuite } from './socket/socket-suite.ts';
import { storeSuite } from './store/store-suite.ts';
import type { BenchSuite } from './suite.ts';

/** All suites. */
export const SUITES: readonly BenchSuite[] = [storeSuite, socketSuite];
