// The beginning of an answer. A short answer is read to its end, so that the connection can be used again.

const BYTES_MAX = 16_384;

/** The first 16 KiB of an answer as text; the rest is given up. */
export async function answerText({ body }: Pick<Response, 'body'>): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop cancels the rest.
    if (bytes >= BYTES_MAX) break;
  }
  return Buffer.concat(chunks).subarray(0, BYTES_MAX).toString();
}
