// Text as the bytes written and read by checks.

/** Text as UTF-8. */
export function utf8Bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** UTF-8 as text; empty for undefined. */
export function utf8Text(bytes: Uint8Array = new Uint8Array()): string {
  return new TextDecoder().decode(bytes);
}
