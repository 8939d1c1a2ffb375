import { type Candidate, definePlugin, type Strategy, Type } from "signalbox/plugin"
import { byValue, isWell, partition } from "./lists.ts"
import { sticky } from "./sticky.ts"
import { weighted } from "./weighted.ts"

/** Strictly by one value, those that are well first. */
const sorting = (name: string, value: (candidate: Candidate) => number | undefined): Strategy => ({
  name,
  order: (candidates) => partition(candidates, isWell).flatMap((list) => byValue(list, value)),
})

const negative = (value: number | undefined): number | undefined => (value === undefined ? undefined : -value)

/** Ways to order the upstreams of a model, for `strategy:` in the configuration. */
export default definePlugin({
  name: "routing",
  contract: 1,
  description: "Orders the upstreams of a model: weighted, price, latency, throughput, sticky, configured.",
  options: Type.Object({}),
  setup: () => ({
    strategies: [
      weighted,
      sorting("price", ({ cost }) => cost),
      sorting("latency", ({ latencyMs }) => latencyMs),
      sorting("throughput", ({ throughput }) => negative(throughput)),
      sticky,
      { name: "configured", order: (candidates) => candidates },
    ],
  }),
})
