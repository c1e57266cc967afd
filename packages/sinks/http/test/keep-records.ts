// A server that keeps the keys: records, keys and divisions are in one transaction of SQLite. The code is also a recipe of the
// README, and a test compares the two.
// recipe: begin
import type { RequestListener } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';

/** Takes lines of JSON, each request once, and each batch in one division. */
export function keepRecords(db: DatabaseSync): RequestListener {
  db.exec(`CREATE TABLE IF NOT EXISTS records (place INTEGER PRIMARY KEY, record TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS batches (batch TEXT PRIMARY KEY, division TEXT NOT NULL) WITHOUT ROWID`);
  const addRecord = db.prepare('INSERT INTO records (record) VALUES (?)');
  const addKey = db.prepare('INSERT INTO keys VALUES (?) ON CONFLICT DO NOTHING');
  const addBatch = db.prepare('INSERT INTO batches VALUES (?, ?) ON CONFLICT DO NOTHING');
  const divisionOf = db.prepare('SELECT division FROM batches WHERE batch = ?');

  /** The division of an earlier request of the batch, if that is another one. */
  const take = (headers: NodeJS.Dict<string | string[]>, body: string): string | undefined => {
    const [batch, division] = [String(headers['millrace-batch']), String(headers['millrace-division'])];
    addBatch.run(batch, division);
    const first = String(divisionOf.get(batch)?.['division']);
    if (first !== division) return first;
    const isNew = addKey.run(String(headers['idempotency-key'])).changes > 0;
    if (isNew) for (const line of body.split('\n')) if (line !== '') addRecord.run(line);
    return undefined;
  };

  return (request, response) => {
    const answer = (body: string): void => {
      db.exec('BEGIN IMMEDIATE');
      const first = take(request.headers, body);
      db.exec('COMMIT');
      if (first === undefined) response.writeHead(204).end();
      else response.writeHead(422, { 'millrace-division': first }).end();
    };
    text(request)
      .then(answer)
      .catch(() => response.destroy());
  };
}
// recipe: end
