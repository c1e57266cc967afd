// What Node's parser of HTTP says about a connection, as what a client is told.
import { httpError } from '../http-errors.ts';

/** Why no request can follow on a connection. */
export interface ParserFailure {
  /** The refusal that goes with it. */
  readonly error: Error;
  /** Whether it is that nothing came in time. */
  readonly isTimeout: boolean;
}

/** The refusal for an error of Node's parser; undefined when it is one of the connection, and nobody can be told. */
export function parserFailure(error: Error): ParserFailure | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        error: httpError(
          'MR_HTTP_REQUEST_LATE',
          'expected the whole request in time; send it again, and faster',
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
          'expected a whole request, the connection ended inside of it',
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
