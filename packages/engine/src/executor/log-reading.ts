// The amounts of a log for a reading. Logs and block handlers are code of plugins, and a reading never fails because of
// one: an answer that is no set of amounts is left out.
import type { LogGauges } from '@millrace/core/observation';

/** A word for the kind of a log: it becomes the label of a metric. */
const KIND = /^[a-z][a-z0-9-]{0,31}$/;

/** The amounts that `read` answers, copied; undefined for no answer, an error or wrong amounts. */
export function logReading(read: () => LogGauges | undefined): LogGauges | undefined {
  try {
    const gauges = read();
    if (gauges === undefined) return undefined;
    const { kind, sizeBytes, segments, syncs, errors, roomBytes } = gauges;
    if (![sizeBytes, segments, syncs, errors].every(isAmount)) return undefined;
    const syncMs = copied(gauges.syncMs, ['p50', 'p99', 'max']);
    const unconfirmed = copied(gauges.unconfirmed, ['entries', 'bytes', 'oldestMs']);
    const followers = copied(gauges.followers, ['count', 'behind', 'lag', 'ageMs']);
    return {
      ...(typeof kind === 'string' && KIND.test(kind) ? { kind } : {}),
      sizeBytes,
      segments,
      syncs,
      errors,
      ...(syncMs === undefined ? {} : { syncMs }),
      ...(roomBytes !== undefined && isAmount(roomBytes) ? { roomBytes } : {}),
      ...(unconfirmed === undefined ? {} : { unconfirmed }),
      ...(followers === undefined ? {} : { followers }),
    };
  } catch {
    return undefined;
  }
}

/** The named amounts of an object; undefined for anything else. */
function copied<K extends string>(
  value: Readonly<Record<K, number>> | null | undefined,
  names: readonly K[],
): Record<K, number> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const amounts = names.map((name) => [name, value[name]] as const);
  if (!amounts.every(([, amount]) => isAmount(amount))) return undefined;
  return Object.fromEntries(amounts) as Record<K, number>;
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
