// Errors of Node's HTTP parser as refusals.
import { httpError } from '../http-errors.ts';

/** An error after which no request can follow on a connection. */
export interface ParserFailure {
  /** The refusal for the client. */
  readonly error: Error;
  /** True for a time-out. */
  readonly isTimeout: boolean;
}

/** Returns the refusal for a parser error; undefined for an error of the connection itself. */
export function parserFailure(error: Error): ParserFailure | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        error: httpError(
          'MR_HTTP_REQUEST_LATE',
          'expected the whole request in time; send the request again, faster',
        ),
        isTimeout: true,
      };
    case 'HPE_HEADER_OVERFLOW':
      return {
        error: httpError('MR_HTTP_HEAD_TOO_LARGE', 'expected at most 16 KiB of headers'),
        isTimeout: false,
      };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return {
        error: httpError('MR_HTTP_MALFORMED_REQUEST', 'expected at most 16 KiB of chunk extensions'),
        isTimeout: false,
      };
    case 'HPE_INVALID_EOF_STATE':
      return {
        error: httpError(
          'MR_HTTP_MALFORMED_REQUEST',
          'expected a whole request, but the connection ended inside the request',
        ),
        isTimeout: false,
      };
    default:
      if (!code.startsWith('HPE_')) return undefined;
      return {
        error: httpError('MR_HTTP_MALFORMED_REQUEST', 'expected a request of HTTP/1.1'),
        isTimeout: false,
      };
  }
}
