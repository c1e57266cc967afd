// The public names of @millrace/receiver-websocket.
export { webSocketMessages } from './websocket.ts';
export type { WebSocketFactory } from './websocket.ts';
export { webSocketOptions } from './websocket.options.ts';
export type { WebSocketConnectionOptions, WebSocketInput, WebSocketOptions } from './websocket.options.ts';
export type { WebSocketMessage } from './websocket-receiver.ts';
export { webSocketReceivers } from './websocket.module.ts';
export { WEBSOCKET_ERROR_CODES } from './websocket-errors.ts';
