import type { CrossContext } from "./check-value.ts"
import { placeOf, refuseTwice } from "./places.ts"
import type { ConfigFile } from "./schema.ts"
import { suggest } from "./suggest.ts"

/** What of alerts only shows when several settings are looked at: whoever is to be told must be there, and a balance is the organisation's. */
export const checkAlerts = ({ alerts, organisation }: ConfigFile, context: CrossContext) => {
  const destinations = alerts?.destinations ?? []
  const rules = alerts?.rules ?? []
  refuseTwice(context, destinations, "name", ({ name }) => name, ["alerts", "destinations"])
  refuseTwice(context, rules, "name", ({ name }) => name, ["alerts", "rules"])
  for (const [index, destination] of destinations.entries()) {
    const url = URL.parse(destination.url)
    if (url && url.username === "" && url.password === "") continue
    const at = placeOf(context, destination, "url")
    const path = `alerts.destinations[${index}].url`
    const what = url ? "holds a password; use secret, or a path that nobody can guess" : "is no valid URL"
    context.report(at, ["alerts", "destinations", index, "url"], `${path} ${what}`)
  }
  const names = destinations.map(({ name }) => name)
  for (const [index, rule] of rules.entries()) {
    const path = ["alerts", "rules", index]
    for (const name of rule.destinations) {
      if (names.includes(name)) continue
      const near = suggest(name, names)
      context.report(
        placeOf(context, rule, "destinations"),
        [...path, "destinations"],
        `there is no destination ${name} in alerts.destinations${near === undefined ? "" : `; did you mean ${near}?`}`,
      )
    }
    if (rule.on === "organisation" && rule.target !== undefined)
      context.report(
        placeOf(context, rule, "target"),
        [...path, "target"],
        "there is one organisation; leave target out",
      )
    if (rule.balance_usd === undefined) continue
    const at = placeOf(context, rule, "balance_usd")
    const field = [...path, "balance_usd"]
    if (rule.on !== "organisation")
      context.report(at, field, "only the organisation has a balance; set on: organisation, or leave balance_usd out")
    else if (organisation?.credits !== "prepaid")
      context.warn(at, field, `the alert ${rule.name} never comes: set organisation.credits to prepaid`)
  }
}
