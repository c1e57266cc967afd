// The text of an error of a client library. Such errors may carry whole answers of a server, with the data of users, and
// objects that hold passwords. Only their messages go on, in one line of bounded length, without the secrets of the options.
import { messageOf, propertyOf, shortened } from '../errors/thrown-value.ts';
import { escapeControls } from '../text/escape-controls.ts';
import { REDACTED, redactText } from '../text/redact.ts';

const CHARACTERS_MAX = 1_024;
/** The number of errors whose messages are read. */
const ERRORS_MAX = 16;
/** A shorter secret would also take ordinary words out of messages. */
const SECRET_CHARACTERS_MIN = 4;

/**
 * The messages of an error, of its causes and of its collected errors, each once, for instance
 * `could not connect: connect ECONNREFUSED 127.0.0.1:9092`. Never throws.
 *
 * @param secrets Texts that no message may repeat, such as a password.
 */
export function failureText(error: unknown, secrets: readonly (string | undefined)[] = []): string {
  const messages = new Set<string>();
  const waiting: unknown[] = [error];
  for (let read = 0; read < waiting.length && read < ERRORS_MAX; read += 1) {
    const one = waiting[read];
    messages.add(messageOf(one).replace(/\.$/, ''));
    for (const child of childrenOf(one)) waiting.push(child);
  }
  const text = withoutSecrets([...messages].join(': '), secrets);
  return shortened(escapeControls(redactText(text)), CHARACTERS_MAX);
}

function childrenOf(error: unknown): readonly unknown[] {
  const errors = propertyOf(error, 'errors');
  const cause = propertyOf(error, 'cause');
  const collected: readonly unknown[] = Array.isArray(errors) ? errors.slice(0, ERRORS_MAX) : [];
  return cause === undefined ? collected : [...collected, cause];
}

function withoutSecrets(text: string, secrets: readonly (string | undefined)[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret !== undefined && secret.length >= SECRET_CHARACTERS_MIN)
      clean = clean.replaceAll(secret, REDACTED);
  }
  return clean;
}
