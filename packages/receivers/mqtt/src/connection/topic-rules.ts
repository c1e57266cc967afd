// The rules of names in MQTT: topic filters and names of clients.
import { option, required } from '@millrace/core/engine';

/** The protocol has 16 bits for the number of bytes of a text. */
const TEXT_BYTES_MAX = 65_535;
const SHARED = /^\$share\/[^/+#]+\/(.+)$/s;

/** The rule of the option `topics`. */
export const TOPICS_RULE = required(
  option<readonly string[]>(
    'list of topic filters, each once, with + for a whole level and # for the last levels',
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every(isTopicFilter) &&
      new Set(value).size === value.length,
  ),
);

/** The rule of the option `clientId`. */
export const CLIENT_ID_RULE = option<string>(
  'a name of 1 to 65,535 bytes',
  (value) => typeof value === 'string' && value !== '' && isText(value),
);

/** True for a topic, a filter with wildcards, or a shared filter such as `$share/group/sensors/#`. */
export function isTopicFilter(value: unknown): boolean {
  if (typeof value !== 'string' || !isText(value)) return false;
  const filter = value.startsWith('$share/') ? SHARED.exec(value)?.[1] : value;
  if (filter === undefined || filter === '') return false;
  const levels = filter.split('/');
  return levels.every(
    (level, index) => level === '+' || (level === '#' && index === levels.length - 1) || !/[+#]/.test(level),
  );
}

function isText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed() && Buffer.byteLength(value) <= TEXT_BYTES_MAX;
}
