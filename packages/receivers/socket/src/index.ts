// The public names of @millrace/receiver-socket.
export { socketText } from './socket-text.ts';
export { socketTextOptions } from './socket-text.options.ts';
export type { SocketTextInput, SocketTextOptions } from './socket-text.options.ts';
export { socketFrames } from './socket-frames.ts';
export { socketFramesOptions } from './socket-frames.options.ts';
export type { SocketFramesInput, SocketFramesOptions } from './socket-frames.options.ts';
export { socketReceivers } from './socket-receivers.module.ts';
export { SOCKET_ERROR_CODES } from './socket-errors.ts';
