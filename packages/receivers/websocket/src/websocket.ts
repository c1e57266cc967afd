// `webSocketMessages`: the messages of a WebSocket server. The type argument is the program's own claim about the values, as
// with `JSON.parse`; the type is not checked.
import { type ConfiguredReceiver, defineReceiver, type ReceiverFactory } from '@millrace/core';
import { addressOf, WEBSOCKET_SECRETS, type WebSocketInput, webSocketOptions } from './websocket.options.ts';
import { WebSocketReceiver } from './websocket-receiver.ts';

/** Makes configured receivers. `T` is the expected type of records; the type is not checked. */
export interface WebSocketFactory extends ReceiverFactory<unknown, WebSocketInput> {
  <T = unknown>(options: WebSocketInput): ConfiguredReceiver<T>;
}

/**
 * A receiver of the messages of a WebSocket server. The protocol has no acknowledgements: what the server sends while no
 * connection stands is lost, and so are messages that were received and not yet stored at a crash. At most once.
 *
 * ```ts
 * const trades = ssc.receiverStream(
 *   webSocketMessages<Trade>({ url: 'wss://example.com/trades', onOpen: ['{"subscribe":"BTC"}'] }),
 * );
 * ```
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expectation.
 */
export const webSocketMessages = defineReceiver({
  name: 'websocket',
  contract: 1,
  capabilities: {
    ack: 'none',
    replayable: false,
    ordering: 'per-stream',
    pause: true,
    bounded: false,
    format: 'records',
    touches: ['network'],
  },
  options: webSocketOptions,
  secrets: WEBSOCKET_SECRETS,
  describe: (options) => `websocket ${addressOf(options)}`,
  create: (options) => new WebSocketReceiver(options),
}) as WebSocketFactory;
