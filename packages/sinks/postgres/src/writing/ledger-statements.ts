// The SQL of a ledger.
import { qualified } from '@millrace/connection-postgres';
import { ledgerNames } from '../postgres-sink.options.ts';

const OF_OUTPUT = 'target = $1 AND application = $2 AND output_operation = $3';

/** The statements for the tables of one ledger. */
export function ledgerStatements({
  schema,
  ledgerTable,
}: {
  readonly schema: string;
  readonly ledgerTable: string;
}) {
  const [writtenName, forgottenName] = ledgerNames(ledgerTable);
  const written = qualified(schema, writtenName);
  const forgotten = qualified(schema, forgottenName);
  const key =
    'target text NOT NULL, application text NOT NULL, output_operation integer NOT NULL, batch_time bigint NOT NULL';
  return {
    /** Both tables, in the order of `ledgerNames`. */
    create: [
      `CREATE TABLE ${written} (${key}, partition integer NOT NULL, partitions integer NOT NULL, row_count bigint NOT NULL,
        PRIMARY KEY (target, application, output_operation, batch_time, partition))`,
      `CREATE TABLE ${forgotten} (${key}, PRIMARY KEY (target, application, output_operation))`,
    ],
    add: `INSERT INTO ${written} (target, application, output_operation, batch_time, partition, partitions, row_count)
      VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    /**
     * $5: the number of partitions, $6: the mark of the batch, $7 to $10: the last committed write. An advisory lock of two
     * numbers has them as classid and objid.
     */
    look: `SELECT
      (SELECT partitions FROM ${written} WHERE ${OF_OUTPUT} AND batch_time = $4 AND partitions <> $5 LIMIT 1) AS other_partitions,
      (SELECT batch_time FROM ${forgotten} WHERE ${OF_OUTPUT}) AS forgotten,
      EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = $6::bigint::oid AND objid <> $5::bigint::oid
        AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS is_contested,
      EXISTS (SELECT FROM ${written} WHERE target = $1 AND application = $7::text AND output_operation = $8::integer
        AND batch_time = $9::bigint AND partition = $10::integer)
      OR EXISTS (SELECT FROM ${forgotten} WHERE target = $1 AND application = $7::text AND output_operation = $8::integer
        AND batch_time >= $9::bigint) AS is_kept`,
    count: `UPDATE ${written} SET row_count = $6 WHERE ${OF_OUTPUT} AND batch_time = $4 AND partition = $5`,
    newestToForget: `SELECT DISTINCT batch_time FROM ${written} WHERE ${OF_OUTPUT} ORDER BY batch_time DESC LIMIT 1 OFFSET $4`,
    remember: `INSERT INTO ${forgotten} AS known (target, application, output_operation, batch_time) VALUES ($1, $2, $3, $4)
      ON CONFLICT (target, application, output_operation)
      DO UPDATE SET batch_time = greatest(known.batch_time, excluded.batch_time)`,
    forget: `DELETE FROM ${written} WHERE ${OF_OUTPUT} AND batch_time <= $4`,
  };
}
