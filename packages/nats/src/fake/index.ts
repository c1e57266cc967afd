// The public names of @millrace/nats/testing, listed one by one.
export { NATS_LINKS } from '../link/given-links.ts';
export type { GivenLinks } from '../link/given-links.ts';
export { FakeNats } from './fake-nats.ts';
export type { FakeMessage } from './fake-message.ts';
export type { FakeConnectOptions, FakeNatsOptions, FakeService } from './fake-nats.ts';
export type { CutWay, FakeLink } from './fake-link.ts';
export { FakeJetStream } from './streams/fake-jetstream.ts';
export type { FakeJetStreamOptions } from './streams/fake-jetstream.ts';
export type { FakeStream } from './streams/fake-stream.ts';

// The parts of hosts, for executors in a simulation
export { startHost } from '../hosts/host-process.ts';
export type { HostProcess, HostProcessDeps, HostProcessOptions } from '../hosts/host-process.ts';
export { executorOnHost } from '../hosts/executor-on-host.ts';
export type { ExecutorOnHost, ExecutorOnHostDeps } from '../hosts/executor-on-host.ts';
export type { ExecutorDirectData, HostExecutorData } from '../hosts/host-executor-data.ts';
export { LateLink } from '../hosts/late-link.ts';
