// Server-sent events, from the text of a response to events: https://html.spec.whatwg.org/multipage/server-sent-events.html

/** One event; a comment is none. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
}

/** A longer event ends the reading. */
const EVENT_CHARACTERS_MAX = 32 * 1_024 * 1_024;

/**
 * The events of a text in pieces, and `undefined` for a piece without an event: a sign of life.
 *
 * @throws RangeError for an event above the bound.
 */
export async function* serverEvents(text: AsyncIterable<string>): AsyncGenerator<ServerEvent | undefined> {
  let rest = '';
  let name = '';
  let data: string[] = [];
  let size = 0;
  for await (const piece of text) {
    let hasEvent = false;
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      size += line.length;
      if (size > EVENT_CHARACTERS_MAX) throw tooLong();
      if (line === '') {
        if (data.length > 0) {
          yield { name: name === '' ? 'message' : name, data: data.join('\n') };
          hasEvent = true;
        }
        name = '';
        data = [];
        size = 0;
        continue;
      }
      const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (field === 'event') name = value;
      else if (field === 'data') data.push(value);
    }
    if (size + rest.length > EVENT_CHARACTERS_MAX) throw tooLong();
    if (!hasEvent) yield undefined;
  }
}

function tooLong(): RangeError {
  return new RangeError(`expected events of at most ${EVENT_CHARACTERS_MAX} characters`);
}
