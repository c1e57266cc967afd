// Values of columns, from the text of the server to plain data. A type without an exact counterpart stays a text: `bigint` and
// `numeric` have more digits than a number, and dates have microseconds, infinities and years before Christ.
import { MalformedValue, valueDecoder } from '@millrace/core/engine';
import pg from 'pg';
import type { TextRow } from '../connection/text-rows.ts';

/** The text of a value to plain data, or to a `MalformedValue`. */
export type ParseValue = (text: string) => unknown;

/** A column of a table. */
export interface Column {
  readonly name: string;
  /** The number of the type in the catalog of the server. */
  readonly typeId: number;
}

/** A row as a record, by the names of columns. */
export type RowRecord = Readonly<Record<string, unknown>>;

const textOf: ParseValue = (text) => text;
const decodeJson = valueDecoder('json');
const jsonOf: ParseValue = (text) => decodeJson(Buffer.from(text));
const bytesOf: ParseValue = (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'));
const isTrue: ParseValue = (text) => text === 't';

const SCALARS: ReadonlyMap<number, ParseValue> = new Map<number, ParseValue>([
  [16, isTrue], // boolean
  [17, bytesOf], // bytea
  [21, Number], // smallint
  [23, Number], // integer
  [26, Number], // oid
  [114, jsonOf], // json
  [700, Number], // real
  [701, Number], // double precision
  [3802, jsonOf], // jsonb
]);

/** Types of lists, and the types of their elements. */
const LISTS: ReadonlyMap<number, ParseValue> = new Map<number, ParseValue>([
  [199, jsonOf], // json[]
  [1000, isTrue], // boolean[]
  [1001, bytesOf], // bytea[]
  [1005, Number], // smallint[]
  [1007, Number], // integer[]
  [1009, textOf], // text[]
  [1014, textOf], // character[]
  [1015, textOf], // varchar[]
  [1016, textOf], // bigint[]
  [1021, Number], // real[]
  [1022, Number], // double precision[]
  [1028, Number], // oid[]
  [1231, textOf], // numeric[]
  [2951, textOf], // uuid[]
  [3807, jsonOf], // jsonb[]
]);

const TEXTS_TYPE = 1009;

/** The parser of a type. */
export function parserOf(typeId: number): ParseValue {
  const scalar = SCALARS.get(typeId);
  if (scalar !== undefined) return scalar;
  const element = LISTS.get(typeId);
  return element === undefined ? textOf : listParser(element);
}

/** Makes records of rows with these columns; further values of a row are ignored. */
export function rowDecoder(columns: readonly Column[]): (row: TextRow) => RowRecord | MalformedValue {
  const parsers = columns.map(({ name, typeId }) => ({ name, parse: parserOf(typeId) }));
  return (row) => {
    const record: Record<string, unknown> = {};
    for (let index = 0; index < parsers.length; index += 1) {
      const { name, parse } = parsers[index] as (typeof parsers)[number];
      const text = row[index] as string | null;
      const value = text === null ? null : parse(text);
      if (value instanceof MalformedValue) return inColumn(value, name);
      record[name] = value;
    }
    return record;
  };
}

/** The problem of a value with the name of its column. */
export function inColumn({ problem }: MalformedValue, column: string): MalformedValue {
  return new MalformedValue(`${problem} in column ${JSON.stringify(column)}`);
}

type Nested = string | null | readonly Nested[];

function listParser(parse: ParseValue): ParseValue {
  const textsOf = pg.types.getTypeParser(TEXTS_TYPE as never) as (text: string) => readonly Nested[];
  return (text) => {
    let malformed: MalformedValue | undefined;
    const parsed = (value: Nested): unknown => {
      if (value === null) return null;
      if (typeof value !== 'string') return value.map(parsed);
      const element = parse(value);
      if (element instanceof MalformedValue) malformed = element;
      return element;
    };
    const list = textsOf(text).map(parsed);
    return malformed ?? list;
  };
}
