// Content types by RFC 9110, section 8.3.1: names in any case, values plain or quoted, any parameters.

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const TYPE = new RegExp(`^(${TOKEN}/${TOKEN})(.*)$`, 's');
const PARAMETER = new RegExp(
  `^[ \\t]*;[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)"))?[ \\t]*`,
  's',
);
const UTF8_NAMES: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);

/** The type of a body. */
export interface MediaType {
  /** In lower case, without parameters. */
  readonly type: string;
  /** True for the charsets UTF-8 and ASCII, and without a charset. */
  readonly isUtf8: boolean;
}

/** Parses a Content-Type; undefined for a malformed one. */
export function mediaType(header: string): MediaType | undefined {
  const [, type, parameters = ''] = TYPE.exec(header.trim()) ?? [];
  if (type === undefined) return undefined;
  let isUtf8 = true;
  for (let rest = parameters.trim(); rest !== '';) {
    const [matched, name = '', plain, quoted = ''] = PARAMETER.exec(rest) ?? [];
    if (matched === undefined) return undefined;
    const value = plain ?? quoted.replaceAll(/\\(.)/gs, '$1');
    // Other parameters have no effect.
    if (name.toLowerCase() === 'charset') isUtf8 &&= UTF8_NAMES.has(value.trim().toLowerCase());
    rest = rest.slice(matched.length);
  }
  return { type: type.toLowerCase(), isUtf8 };
}
