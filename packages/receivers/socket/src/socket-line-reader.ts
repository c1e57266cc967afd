// Lines of text: whole lines are passed on as received bytes; a too long line is left out, or ends the receiver.
import { LineFramer } from '@millrace/core';
import type { ReceiverContext, TextPiece } from '@millrace/core';
import { SkippedReport } from './skipped-report.ts';
import type { SocketDecoder } from './socket-decoder.ts';
import { socketError } from './socket-errors.ts';
import type { SocketTextOptions } from './socket-text.options.ts';

/** Cuts and stores the lines of one connection. */
export class SocketLineReader implements SocketDecoder<TextPiece> {
  readonly #context: ReceiverContext<string>;
  readonly #options: SocketTextOptions;
  readonly #address: string;
  readonly #framer: LineFramer;
  readonly #skipped: SkippedReport;

  constructor(context: ReceiverContext<string>, options: SocketTextOptions, address: string) {
    this.#context = context;
    this.#options = options;
    this.#address = address;
    this.#framer = new LineFramer(options);
    this.#skipped = new SkippedReport(context, {
      code: 'MR_SOCKET_LONG_LINE',
      noun: 'lines',
      option: 'maxLineBytes',
      maxBytes: options.maxLineBytes,
    });
  }

  push(chunk: Buffer): readonly TextPiece[] {
    return this.#framer.push(chunk);
  }

  /** Text behind the last line end is a line too: a peer that omits the last line end loses nothing. */
  end(): readonly TextPiece[] {
    return this.#framer.end();
  }

  get heldBytes(): number {
    return this.#framer.heldBytes;
  }

  get skippedPieces(): number {
    return this.#skipped.total;
  }

  store(piece: TextPiece): boolean | Error {
    if (piece.kind === 'lines') return this.#context.storeText(piece.bytes, piece.lineCount);
    const { maxLineBytes, onLongLine } = this.#options;
    if (onLongLine === 'skip') {
      this.#skipped.add();
      return true;
    }
    const message = `expected lines of at most ${maxLineBytes} bytes, ${this.#address} sent a longer one`;
    return socketError('MR_SOCKET_LONG_LINE', message, { details: { maxLineBytes } });
  }

  unfinished(address: string): Error {
    const { heldBytes } = this;
    const message = `the stream of ${address} broke inside a line, and ${heldBytes} bytes of the line were left out`;
    return socketError('MR_SOCKET_UNFINISHED_LINE', message, { details: { heldBytes } });
  }

  flush(): void {
    this.#skipped.flush();
  }
}
