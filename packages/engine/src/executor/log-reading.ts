// The amounts of a log for a reading. Logs and block handlers are code of plugins, and a reading never fails because of
// one: an answer that is no set of amounts is left out.
import type { LogGauges } from '@millrace/core/observation';

/** The amounts that `read` answers, copied; undefined for no answer, an error or wrong amounts. */
export function logReading(read: () => LogGauges | undefined): LogGauges | undefined {
  try {
    const gauges = read();
    if (gauges === undefined) return undefined;
    const { sizeBytes, segments, syncs, errors, syncMs, roomBytes } = gauges;
    if (![sizeBytes, segments, syncs, errors].every(isAmount)) return undefined;
    const isTimed =
      typeof syncMs === 'object' && syncMs !== null && [syncMs.p50, syncMs.p99, syncMs.max].every(isAmount);
    return {
      sizeBytes,
      segments,
      syncs,
      errors,
      ...(isTimed ? { syncMs: { p50: syncMs.p50, p99: syncMs.p99, max: syncMs.max } } : {}),
      ...(roomBytes !== undefined && isAmount(roomBytes) ? { roomBytes } : {}),
    };
  } catch {
    return undefined;
  }
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
