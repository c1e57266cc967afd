// The pause that a server asks for: seconds, or an instant. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after

/**
 * The pause in milliseconds; undefined without a header that can be understood.
 *
 * @param nowMs Wall time, for an instant in an answer without the header `date`: the clock of the server counts otherwise.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const untilMs = Date.parse(text);
  if (Number.isNaN(untilMs)) return undefined;
  const serverMs = Date.parse(headers.get('date') ?? '');
  return Math.max(0, untilMs - (Number.isNaN(serverMs) ? nowMs : serverMs));
}
