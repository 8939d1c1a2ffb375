/**
 * Sums over a window that slides in steps, in fixed memory: what is older than the window falls out by the step. Amounts are integers, so
 * that adding and taking away leaves nothing behind.
 */
export class Ring {
  readonly #steps: number
  readonly #stepMs: number
  readonly #columns: number
  /** A row per step. */
  readonly #cells: Float64Array | Uint32Array
  readonly #sums: number[]
  /** The step that is being filled, counted from the start of time. */
  #latest = -1

  /** `wide`: a cell can hold more than four thousand million (tokens; not requests). */
  constructor(steps: number, stepMs: number, columns: number, wide = false) {
    this.#steps = steps
    this.#stepMs = stepMs
    this.#columns = columns
    this.#cells = wide ? new Float64Array(steps * columns) : new Uint32Array(steps * columns)
    this.#sums = Array.from({ length: columns }, () => 0)
  }

  add(now: number, column: number, amount = 1): void {
    this.#roll(now)
    const cell = (this.#latest % this.#steps) * this.#columns + column
    this.#cells[cell]! += amount
    this.#sums[column]! += amount
  }

  sum(now: number, column: number): number {
    this.#roll(now)
    return this.#sums[column]!
  }

  /** Empties the rows that the window has left behind. A clock that goes back fills the latest row. */
  #roll(now: number): void {
    const step = Math.floor(now / this.#stepMs)
    if (step <= this.#latest) return
    if (step - this.#latest >= this.#steps) {
      this.#cells.fill(0)
      this.#sums.fill(0)
    } else {
      for (let each = this.#latest + 1; each <= step; each++) this.#empty(each % this.#steps)
    }
    this.#latest = step
  }

  #empty(row: number): void {
    for (let column = 0; column < this.#columns; column++) {
      const cell = row * this.#columns + column
      this.#sums[column]! -= this.#cells[cell]!
      this.#cells[cell] = 0
    }
  }
}
