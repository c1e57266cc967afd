// The public names of @millrace/threads, listed one by one.
export { threads } from './threads.module.ts';
export { threadsOptionsSchema } from './threads.options.ts';
export type { ThreadsOptions } from './threads.options.ts';
export { THREADS_ERROR_CODES } from './threads-errors.ts';

// The message layer: for backends over other transports, and for simulations with channels that fail
export { ThreadExecutorBackend } from './thread-executor-backend.ts';
export type { ThreadExecutorBackendDeps } from './thread-executor-backend.ts';
export { ChannelExecutorSession } from './executor-session.ts';
export type { SessionDeps } from './executor-session.ts';
export type { ExecutorLauncher, LaunchedExecutor, LaunchRequest } from './executor-launcher.ts';
export type { Connector, Transport } from './transport.ts';
