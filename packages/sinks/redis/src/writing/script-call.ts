// The arguments of one call of the script.
import type { SinkWrite } from '@millrace/core';
import type { CommandPart } from '../connection/redis-server-link.ts';
import type { RedisSinkOptions } from '../redis-sink.options.ts';
import type { RowChunk } from '../rows/row-chunks.ts';
import type { RowParts } from '../rows/row-parts.ts';

/** One call of the script. */
export interface ScriptCall {
  readonly write: SinkWrite;
  readonly chunk: RowChunk;
  /** The newest write that the server has confirmed to this sink, in the same output operation. */
  readonly last: SinkWrite | undefined;
}

/** The keys of the ledger of an output operation. Rows in one key have a ledger of their own. */
export function ledgerKeys(
  { prefix, ledgerKey, as, key }: RedisSinkOptions,
  { application, outputOperation }: SinkWrite,
): readonly [ledger: string, batches: string] {
  const target = key === undefined ? as : `${as}:${key}`;
  const ledger = `${prefix}${ledgerKey}:${JSON.stringify([application, outputOperation, target])}`;
  return [ledger, `${ledger}:batches`];
}

/** The number of keys, the keys and the arguments. */
export function scriptArguments(
  options: RedisSinkOptions,
  { write, chunk, last }: ScriptCall,
): CommandPart[] {
  const { as, prefix, maxLength, expireMs, ledgerBatches } = options;
  const keys = new Map<string, number>();
  const rows: CommandPart[] = [];
  const partsOfAll = commonParts(chunk.rows);
  // What all rows have in common goes out once: each argument costs about as much as its row does otherwise.
  const keyOfAll = options.key === undefined || chunk.rows.length === 0 ? undefined : prefix + options.key;
  const numberOfAll = keyOfAll === undefined ? '' : numberOf(keyOfAll, keys);
  for (const { key = '', parts } of chunk.rows) {
    if (keyOfAll === undefined) rows.push(numberOf(prefix + key, keys));
    if (partsOfAll === undefined) rows.push(String(parts.length));
    for (const part of parts) rows.push(part);
  }
  const place = [as, write.batchTime, write.partition, write.partitions];
  const size = [chunk.from, chunk.rows.length, chunk.isLast ? 1 : 0, ledgerBatches];
  const lastField = last === undefined ? '' : `${last.batchTime}:${last.partition}`;
  const ofAll = [maxLength ?? expireMs ?? '', numberOfAll, partsOfAll ?? ''];
  const fixed = [...place, ...size, lastField, last?.batchTime ?? '', ...ofAll].map(String);
  return [String(2 + keys.size), ...ledgerKeys(options, write), ...keys.keys(), ...fixed].concat(
    rows as string[],
  );
}

/** The number of a key, counted from 1. */
function numberOf(key: string, keys: Map<string, number>): string {
  let number = keys.get(key);
  if (number === undefined) {
    number = keys.size + 1;
    keys.set(key, number);
  }
  return String(number);
}

/** The number of parts of every row; undefined when rows differ, and without rows. */
function commonParts(rows: readonly RowParts[]): number | undefined {
  const first = rows[0]?.parts.length;
  return rows.every(({ parts }) => parts.length === first) ? first : undefined;
}
