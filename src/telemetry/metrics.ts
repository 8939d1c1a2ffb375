import { type Describe, escapeHelp, labelText, numberText } from "./exposition.ts"

export const metricsContentType = "text/plain; version=0.0.4; charset=utf-8"

/** Only goes up. Keep the object: `add` is one addition. */
export class Counter {
  value = 0
  add(amount: number) {
    this.value += amount
  }
}

export class Gauge {
  value = 0
  set(value: number) {
    this.value = value
  }
  add(amount: number) {
    this.value += amount
  }
}

/** Counts values in buckets. `observe` is a short search over the bounds and three additions. */
export class Histogram {
  readonly bounds: readonly number[]
  /** Not cumulative; the last one counts what is above every bound. */
  readonly counts: Float64Array
  sum = 0
  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }
  observe(value: number) {
    const { bounds } = this
    let index = 0
    while (index < bounds.length && value > bounds[index]!) index++
    this.counts[index]! += 1
    this.sum += value
  }
}

/** All series of one name. */
export interface Family<M> {
  /** The series with these label values, in the order of the family's label names; made when it is not there. Keep what it gives. */
  with(...values: readonly string[]): M
  /** Forgets a series, for things that go (a plugin, an upstream). */
  remove(...values: readonly string[]): void
}

export interface FamilyOptions {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
}

export interface Metrics {
  /** The name ends in `_total`. */
  counter(options: FamilyOptions): Family<Counter>
  gauge(options: FamilyOptions): Family<Gauge>
  /** Bounds ascend; `+Inf` is added. */
  histogram(options: FamilyOptions & { readonly bounds: readonly number[] }): Family<Histogram>
  /** Runs before every exposition, to set gauges that are only worth reading then. */
  onCollect(task: () => void): void
  /** Prometheus text format 0.0.4. */
  expose(): string
}

/** Label values come from clients too (models). Beyond this many series all others share the one labelled `other`. */
const largestFamily = 2000

interface Exposed {
  readonly name: string
  lines(): string[]
}

const createFamily = <M>(
  options: FamilyOptions,
  create: () => M,
  describe: Describe<M>,
): { family: Family<M>; lines: () => string[] } => {
  const names = options.labels ?? []
  const series = new Map<string, { readonly values: readonly string[]; readonly metric: M }>()
  const find = (values: readonly string[]): M => {
    const key = values.join("\u0000")
    const known = series.get(key)
    if (known) return known.metric
    if (values.length !== names.length)
      throw new RangeError(`${options.name} has ${names.length} labels, not ${values.length}`)
    const others = names.map(() => "other")
    if (series.size >= largestFamily && values.some((value) => value !== "other")) return find(others)
    const metric = create()
    series.set(key, { values: [...values], metric })
    return metric
  }
  if (names.length === 0) find([])
  return {
    family: {
      with: (...values) => find(values),
      remove: (...values) => void series.delete(values.join("\u0000")),
    },
    lines: () => [...series.values()].flatMap(({ values, metric }) => describe(metric, names, values)),
  }
}

const describeValue =
  (name: string): Describe<{ readonly value: number }> =>
  (metric, names, values) => [`${name}${labelText(names, values)} ${numberText(metric.value)}`]

const describeHistogram =
  (name: string): Describe<Histogram> =>
  (metric, names, values) => {
    const lines: string[] = []
    let count = 0
    for (const [index, amount] of metric.counts.entries()) {
      count += amount
      const bound = numberText(metric.bounds[index] ?? Number.POSITIVE_INFINITY)
      lines.push(`${name}_bucket${labelText([...names, "le"], [...values, bound])} ${count}`)
    }
    const labels = labelText(names, values)
    return [...lines, `${name}_sum${labels} ${numberText(metric.sum)}`, `${name}_count${labels} ${count}`]
  }

/** A registry of metrics. Throws when a name is given twice or breaks the format's rules. */
export const createMetrics = (): Metrics => {
  const exposed: Exposed[] = []
  const collectors: (() => void)[] = []
  const register = (type: string, options: FamilyOptions, lines: () => string[]) => {
    const { name, help } = options
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) throw new RangeError(`${name} is no metric name`)
    if (type === "counter" && !name.endsWith("_total")) throw new RangeError(`the counter ${name} must end in _total`)
    if (exposed.some((other) => other.name === name)) throw new RangeError(`the metric ${name} is there already`)
    const head = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${type}`]
    exposed.push({ name, lines: () => [...head, ...lines()] })
  }
  return {
    counter(options) {
      const { family, lines } = createFamily(options, () => new Counter(), describeValue(options.name))
      register("counter", options, lines)
      return family
    },
    gauge(options) {
      const { family, lines } = createFamily(options, () => new Gauge(), describeValue(options.name))
      register("gauge", options, lines)
      return family
    },
    histogram(options) {
      const create = () => new Histogram(options.bounds)
      const { family, lines } = createFamily(options, create, describeHistogram(options.name))
      register("histogram", options, lines)
      return family
    },
    onCollect: (task) => void collectors.push(task),
    expose() {
      for (const collect of collectors) collect()
      return `${exposed.flatMap((family) => family.lines()).join("\n")}\n`
    },
  }
}
