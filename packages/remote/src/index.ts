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
export { ExecutorThread } from './executor-thread.ts';
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
export { driverBeat, hostBeat, hostReply, hostRequest } from './hosts/host-message-shapes.ts';

// Errors
export { REMOTE_ERROR_CODES } from './remote-errors.ts';
