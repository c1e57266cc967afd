// Requests and replies over a connection, in both directions at once. A request gets one reply: a repeated reply, or a
// reply to an abandoned request, is dropped. When the other side is gone, every open request is rejected; whether the
// requested work was done is unknown (BACKEND-8).
import { messageOf } from '@millrace/core';
import { deserializeError, ReleasingMap, serializeError } from '@millrace/core/engine';
import type { Answer, Ask } from './envelope.ts';
import { questionOrAnswer } from './envelope-shapes.ts';
import type { Transport } from './transport.ts';
import { transferOf } from './transfer.ts';

/** Collaborators of an `RpcChannel`. */
export interface RpcChannelDeps {
  readonly end: Transport;
  /** Answers the other side's requests. A rejection is sent back. */
  readonly answer: (kind: string, request: unknown) => Promise<unknown>;
  /** The error of a request that cannot be delivered or will get no reply. */
  readonly unreachable: (kind: string) => Error;
  /** Accepts every message that is neither request nor reply. */
  readonly onOther?: (message: unknown, attachment: unknown) => void;
  /** Called once when the other side is gone. */
  readonly onClose?: () => void;
}

interface Open {
  readonly kind: string;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** One side of an RPC connection. */
export class RpcChannel {
  readonly #deps: RpcChannelDeps;
  /** The engine limits the open requests: tasks by cores, receivers by streams. */
  readonly #open = new ReleasingMap<number, Open>();
  #next = 0;
  #isClosed = false;

  constructor(deps: RpcChannelDeps) {
    this.#deps = deps;
    deps.end.onMessage((message, attachment) => this.#take(message, attachment));
    deps.end.onClose(() => this.close());
  }

  /** Sends a request; rejects with the other side's error, or with `unreachable`. */
  ask(kind: string, request: unknown): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(this.#deps.unreachable(kind));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { kind, resolve, reject });
      try {
        this.#post({ type: 'ask', id, kind, request });
      } catch (error) {
        this.#open.delete(id);
        reject(error);
      }
    });
  }

  /** Ends the channel: open requests are rejected, and further messages are dropped. May be repeated. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#deps.end.close();
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { kind, reject } of open) reject(this.#deps.unreachable(kind));
    this.#deps.onClose?.();
  }

  #take(message: unknown, attachment: unknown): void {
    if (this.#isClosed) return;
    const known = questionOrAnswer(message);
    if (known === undefined) this.#deps.onOther?.(message, attachment);
    else if (known.type === 'ask') void this.#answer(known);
    else if (known.type === 'answer') this.#takeOpen(known.id)?.resolve(known.reply);
    else this.#takeOpen(known.id)?.reject(deserializeError(known.error));
  }

  #takeOpen(id: number): Open | undefined {
    const open = this.#open.get(id);
    this.#open.delete(id);
    return open;
  }

  /** Never rejects: a reply that cannot be sent is replaced by the error of sending. */
  async #answer({ id, kind, request }: Ask): Promise<void> {
    try {
      const reply = await this.#deps.answer(kind, request);
      this.#post({ type: 'answer', id, reply }, transferOf(kind, reply));
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #fail(id: number, error: unknown): void {
    try {
      this.#post({ type: 'failed', id, error: serializeError(error) });
    } catch {
      // The message cannot be posted. Only the text of the error is sent.
      this.#post({ type: 'failed', id, error: serializeError(messageOf(error)) });
    }
  }

  #post(message: Ask | Answer, transfer?: readonly ArrayBuffer[]): void {
    if (!this.#isClosed) this.#deps.end.post(message, transfer);
  }
}
