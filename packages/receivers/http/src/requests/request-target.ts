// Request targets in the forms of RFC 9112, section 3.2. A client behind a proxy setting sends the absolute form. A server must
// accept that form and take the authority in it instead of the Host header.

const ABSOLUTE = /^https?:\/\/([^/?#]*)([^?#]*)(?:\?[^#]*)?$/i;
const ORIGIN = /^(\/[^?#]*)(?:\?[^#]*)?$/;
/** A name, an IPv4 address or an IPv6 address in brackets, with an optional port. User information is refused (RFC 9110, 4.2.4). */
const AUTHORITY = /^(?:\[[\da-f:.]+\]|[^\s@:[\]]+)(?::\d*)?$/i;
const ESCAPE = /%([\da-f]{2})/gi;
const UNRESERVED = /^[\w.~-]$/;

/** The target of a request. */
export interface RequestTarget {
  /** The path without its query, in the form of `comparablePath`; `*` for the server as a whole. */
  readonly path: string;
  /** Host and port of the absolute form; undefined for the other forms, where the Host header counts. */
  readonly authority: string | undefined;
}

/** Reads a target. Returns undefined for a target in no form of an origin server. */
export function requestTarget(target: string, method: string): RequestTarget | undefined {
  if (target === '*') return method === 'OPTIONS' ? { path: '*', authority: undefined } : undefined;
  const path = ORIGIN.exec(target)?.[1];
  if (path !== undefined) return { path: comparablePath(path, 'latin1'), authority: undefined };
  const [, authority = '', absolutePath = ''] = ABSOLUTE.exec(target) ?? [];
  if (!AUTHORITY.test(authority)) return undefined;
  const emptyPath = method === 'OPTIONS' ? '*' : '/';
  return { path: absolutePath === '' ? emptyPath : comparablePath(absolutePath, 'latin1'), authority };
}

/**
 * Normalises a path for comparison (RFC 9110, section 4.2.3). Escapes of unreserved characters are decoded, other escapes
 * are in upper case, and bytes beyond ASCII are escaped. Slashes and dots stay as they are.
 *
 * @param encoding Encoding of the characters beyond ASCII. Node gives the bytes of a request line as Latin-1.
 */
export function comparablePath(path: string, encoding: 'latin1' | 'utf8'): string {
  // oxlint-disable-next-line no-control-regex -- the range is ASCII.
  if (/^[\x00-\x24\x26-\x7f]*$/.test(path)) return path;
  const escaped = [...Buffer.from(path, encoding)].map((byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16)}`,
  );
  return escaped.join('').replaceAll(ESCAPE, (escape: string, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
}
