// The public names of @millrace/remote, listed one by one.

// The driver's side
export { RemoteExecutorBackend } from './remote-executor-backend.ts';
export type { RemoteExecutorBackendDeps } from './remote-executor-backend.ts';
export type { RemoteExecutorOptions } from './remote-options.ts';

// The executor's side
export { ChannelExecutorSession } from './executor-session.ts';
export type { SessionDeps } from './executor-session.ts';
export { ChannelLogger } from './channel-logger.ts';
export { NoExecutorBackend } from './no-executor-backend.ts';
export { ExecutorThread, scriptPath } from './executor-thread.ts';
export type { ExecutorThreadOptions, ThreadEnd } from './executor-thread.ts';

// Carriers of messages
export type {
  ExecutorExit,
  ExecutorLauncher,
  LaunchedExecutor,
  LauncherOpening,
  LaunchRequest,
} from './executor-launcher.ts';
export type { Connector, Peer, PeerService, Transport } from './transport.ts';
export { channelPeer } from './channel-peer.ts';
export { threadConnector, WorkerTransport } from './worker-transport.ts';
export { memoryConnector, MemoryEnd } from './memory-connection.ts';
export type { Carrier } from './memory-connection.ts';

// Hosts, the driver's side
export { HostLauncher } from './hosts/host-launcher.ts';
export type { HostLauncherDeps } from './hosts/host-launcher.ts';
export { programDigest } from './hosts/program-digest.ts';
export type { DriverWire, HostWire } from './hosts/host-wire.ts';

// Hosts, the host's side
export { HostAgent } from './hosts/host-agent.ts';
export type { HostAgentDeps } from './hosts/host-agent.ts';
export type { ExecutorRunner, RunningExecutor } from './hosts/executor-runner.ts';

// Messages between drivers and hosts
export { WIRE_VERSION } from './hosts/host-messages.ts';
export type {
  DriverBeat,
  DriverIdentity,
  EndedExecutor,
  HostBeat,
  HostDescription,
  HostKill,
  HostLaunch,
  HostProgram,
  HostReply,
  HostRequest,
  HostVersions,
  JoinRequest,
} from './hosts/host-messages.ts';
export { driverBeat, hostBeat, hostReply, hostRequest, isHostName } from './hosts/host-message-shapes.ts';

// Direct transfer between executors of different hosts
export { DataFetcher } from './data/data-fetcher.ts';
export type { DataFetcherDeps, DataQuestion, DataWay } from './data/data-fetcher.ts';
export { DataServer } from './data/data-server.ts';
export type { DataServerDeps } from './data/data-server.ts';
export { HostData } from './data/host-data.ts';
export type { HostDataDeps } from './data/host-data.ts';
export { directAdoption, directPair } from './data/direct-connector.ts';
export type { DirectAdoptionDeps } from './data/direct-connector.ts';
export { formatDataAddress, parseDataAddress } from './data/data-address.ts';
export type { DataAddress } from './data/data-address.ts';
export { readDataTls } from './data/data-tls.ts';
export type { DataTls, DataTlsOptions } from './data/data-tls.ts';
export type { DataLimits } from './data/data-limits.ts';
export type { PeerKind } from './peer-kinds.ts';

// Errors
export { REMOTE_ERROR_CODES } from './remote-errors.ts';
