// Points in time order with numeric columns, in typed arrays: a fixed number of points takes a fixed number of bytes,
// whatever the points contain. The arrays grow by doubling up to the bound, so that a short history is small.

/** The smallest arrays, in points. */
const FIRST_CAPACITY = 64;

/** A row that was pushed out of a ring: the value of each column. */
export type PointRow = readonly number[];

/**
 * A bounded list of points. Column 0 is the time and ascends. Columns up to `exactColumns` have the precision of a
 * number, further ones the precision of a 32-bit float: seven digits, in half of the room.
 */
export class PointRing {
  readonly #maxPoints: number;
  readonly #columns: (Float64Array | Float32Array)[] = [];
  #capacity = 0;
  #first = 0;
  #length = 0;
  #bytes = 0;

  constructor(maxPoints: number, exactColumns: number) {
    this.#maxPoints = maxPoints;
    for (let column = 0; column < exactColumns; column += 1) this.#columns.push(new Float64Array(0));
  }

  /** The number of points. */
  get length(): number {
    return this.#length;
  }

  /** The bytes of all arrays. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a column; earlier points have `fill` in the column. Returns the number of the column. */
  addColumn(fill: number): number {
    const column = new Float32Array(this.#capacity).fill(fill);
    this.#columns.push(column);
    this.#bytes += column.byteLength;
    return this.#columns.length - 1;
  }

  /** The value of a point, counted from the oldest one. */
  get(index: number, column: number): number {
    return this.#columns[column]?.[this.#at(index)] ?? 0;
  }

  /** Sets the value of a point. */
  set(index: number, column: number, value: number): void {
    const values = this.#columns[column];
    if (values !== undefined) values[this.#at(index)] = value;
  }

  /** Adds to the value of a point. */
  add(index: number, column: number, value: number): void {
    this.set(index, column, this.get(index, column) + value);
  }

  /**
   * The point of a time: the present one, or a new one with `fill` in each column. Undefined for a new point that is older
   * than all points of a full ring. `onOut` gets the oldest point when the new point takes its place.
   */
  pointAt(
    timeMs: number,
    fill: (column: number) => number,
    onOut: (row: PointRow) => void,
  ): number | undefined {
    let index = this.#length;
    while (index > 0 && this.get(index - 1, 0) > timeMs) index -= 1;
    if (index > 0 && this.get(index - 1, 0) === timeMs) return index - 1;
    if (this.#length === this.#maxPoints) {
      if (index === 0) return undefined;
      onOut(this.row(0));
      this.#first = (this.#first + 1) % this.#capacity;
      this.#length -= 1;
      index -= 1;
    }
    if (this.#length === this.#capacity) this.#grow();
    this.#length += 1;
    for (let later = this.#length - 1; later > index; later -= 1) this.#copy(later - 1, later);
    for (let column = 0; column < this.#columns.length; column += 1) this.set(index, column, fill(column));
    this.set(index, 0, timeMs);
    return index;
  }

  /** All columns of a point. */
  row(index: number): PointRow {
    return this.#columns.map((_, column) => this.get(index, column));
  }

  /** The values of a column from point `from` on. */
  values(column: number, from = 0): number[] {
    const values: number[] = [];
    for (let index = Math.max(0, from); index < this.#length; index += 1)
      values.push(this.get(index, column));
    return values;
  }

  /** The first point from a time on; the length of the ring when there is none. */
  indexFrom(timeMs: number): number {
    let index = this.#length;
    while (index > 0 && this.get(index - 1, 0) >= timeMs) index -= 1;
    return index;
  }

  #at(index: number): number {
    const at = this.#first + index;
    return at < this.#capacity ? at : at - this.#capacity;
  }

  #copy(from: number, to: number): void {
    for (const column of this.#columns) column[this.#at(to)] = column[this.#at(from)] as number;
  }

  #grow(): void {
    const capacity = Math.min(this.#maxPoints, Math.max(FIRST_CAPACITY, 2 * this.#capacity));
    this.#bytes = 0;
    this.#columns.forEach((column, number) => {
      const grown = column instanceof Float64Array ? new Float64Array(capacity) : new Float32Array(capacity);
      grown.set(column.subarray(this.#first));
      grown.set(column.subarray(0, this.#first), this.#capacity - this.#first);
      this.#columns[number] = grown;
      this.#bytes += grown.byteLength;
    });
    this.#first = 0;
    this.#capacity = capacity;
  }
}
