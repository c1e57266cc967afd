// The names of metrics in Prometheus, by the rules of OpenTelemetry for the conversion of names.
import type { MetricDefinition } from './metric-table.ts';

const UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes' };

/**
 * The name of a metric in Prometheus: dots become `_`, the unit follows unless the name has the unit already, and counters
 * end with `_total`. For instance `millrace_stream_bytes_total` for `millrace.stream.bytes`.
 */
export function prometheusName({
  name,
  kind,
  unit,
}: Pick<MetricDefinition, 'name' | 'kind' | 'unit'>): string {
  const base = name.replaceAll('.', '_');
  const suffix = suffixOf(unit);
  const withUnit = suffix === '' || base.endsWith(`_${suffix}`) ? base : `${base}_${suffix}`;
  return kind === 'counter' ? `${withUnit}_total` : withUnit;
}

/** Units in braces are notes and have no suffix; a rate is `per_second`. */
function suffixOf(unit: string): string {
  const [amount = '', per] = unit.split('/');
  return [UNITS[amount], per === 's' ? 'per_second' : undefined]
    .filter((part) => part !== undefined)
    .join('_');
}
