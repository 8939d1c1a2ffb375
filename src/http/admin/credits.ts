import { Elysia } from "elysia"
import { changeOrganisation, organisationOf } from "../../accounts/directory/organisation.ts"
import { GatewayError } from "../../contract/index.ts"
import { nanoOfUsd, usd } from "../../ledger/money.ts"
import { creditsOf } from "../credits.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { type Read, readFields, wrong } from "./fields.ts"
import { refuseOthers } from "./paging.ts"

/** At once, and in all: nano-dollars of it are still counted exactly. */
const largestUsd = 4_000_000

const amount: Read<number> = (value, name) => {
  if (typeof value === "number" && value !== 0 && Math.abs(value) <= largestUsd)
    return value < 0 ? -nanoOfUsd(-value) : nanoOfUsd(value)
  throw wrong(name, `an amount in USD from -${largestUsd} to ${largestUsd}, and not 0; below 0 corrects`)
}

/** `/admin/credits`: what was paid in for everybody, and what is left of it. It limits only where the file says `credits: prepaid`. */
export const adminCredits = (services: HttpServices) => {
  const detail = (summary: string) => ({ parse: "none" as const, detail: { summary, tags: ["Admin"] } })
  const { directory } = services
  const config = () => services.pipeline.snapshot().config
  const row = () => {
    const { mode, paidInNano, spentNano } = creditsOf(services)
    return {
      data: { mode, paid_in: usd(paidInNano), spent: usd(spentNano), balance: usd(paidInNano - spentNano) },
    }
  }
  return new Elysia({ name: "admin credits" })
    .get(
      "/admin/credits",
      ({ request }) =>
        managed(services, request, "GET /admin/credits", ({ query }) => {
          refuseOthers(query, [])
          return row()
        }),
      detail("Credits: what was paid in, spent, and is left"),
    )
    .post(
      "/admin/credits",
      ({ request }) =>
        managed(services, request, "POST /admin/credits", async ({ body, actor }) => {
          const paid = readFields(body, { amount: ["amount", amount] }).amount as number | undefined
          if (paid === undefined) throw wrong("amount", "there: USD that were paid in; below 0 corrects")
          await directory.change(actor, () => {
            const creditsNano = (organisationOf(directory, config()).body.creditsNano ?? 0) + paid
            if (creditsNano < 0 || creditsNano > nanoOfUsd(largestUsd))
              throw new GatewayError(
                "invalid_request",
                `What was paid in must stay between 0 and ${largestUsd} USD; with this it would be ${usd(creditsNano)}.`,
                { param: "amount" },
              )
            const planned = changeOrganisation(directory, { creditsNano }, config())
            return { ...planned, action: paid > 0 ? "pay-in" : "correct" }
          })
          await services.alerts.look()
          return row()
        }),
      detail("Pay in; an amount below 0 corrects"),
    )
}
