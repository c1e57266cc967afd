// The public names of @millrace/remote, listed one by one.

// The driver's side
export { RemoteExecutorBackend } from './remote-executor-backend.ts';
export type { RemoteExecutorBackendDeps } from './remote-executor-backend.ts';
export type { RemoteExecutorOptions } from './remote-options.ts';

// The executor's side
export { ChannelExecutorSession } from './executor-session.ts';
export type { SessionDeps } from './executor-session.ts';
export { ChannelLogger } from './channel-logger.ts';

// Carriers of messages
export type { ExecutorExit, ExecutorLauncher, LaunchedExecutor, LaunchRequest } from './executor-launcher.ts';
export type { Connector, Peer, PeerService, Transport } from './transport.ts';
export { channelPeer } from './channel-peer.ts';
export { memoryConnector, MemoryEnd } from './memory-connection.ts';
export type { Carrier } from './memory-connection.ts';

// Errors
export { REMOTE_ERROR_CODES } from './remote-errors.ts';
