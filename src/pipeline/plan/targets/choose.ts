import type { Inquiry } from "../inquiry.ts"
import { routeAuto } from "./auto/route-auto.ts"
import { balance } from "./policies/balance.ts"
import { byCost } from "./policies/by-cost.ts"
import { byLatency } from "./policies/by-latency.ts"
import type { Chooser } from "./scope.ts"

/** Decides for one request. */
export const chooserFor = (inquiry: Inquiry): Chooser => ({
  arrange(name, policy, steps) {
    switch (policy.kind) {
      case "fallback":
        return { steps }
      case "balance":
        return balance(inquiry, name, policy, steps)
      case "latency":
        return byLatency(inquiry, policy, steps)
      case "cost":
        return byCost(inquiry, steps)
    }
  },
  route: (name, preferences) => routeAuto(inquiry, name, preferences),
})

/** For looking names up without a request: everything that could be reached, in the order in which it is written. */
export const noChooser: Chooser = {
  arrange: (_name, _policy, steps) => ({ steps }),
  route: () => ({ models: [], notes: [] }),
}
