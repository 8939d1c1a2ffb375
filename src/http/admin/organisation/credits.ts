import { Elysia } from "elysia"
import { conflict } from "../../../accounts/directory/change.ts"
import { changeOrganisation, organisationOf } from "../../../accounts/directory/organisation.ts"
import type { ObjectChange } from "../../../accounts/directory/types.ts"
import { largestUsd } from "../../../config/schema/governance.ts"
import { GatewayError } from "../../../contract/index.ts"
import { nanoOfUsd, usd } from "../../../ledger/money.ts"
import { creditsOf } from "../../credits.ts"
import { documented } from "../../documented.ts"
import { type Read, readFields, shortText, wrong } from "../../fields/fields.ts"
import { refuseOthers } from "../../fields/query.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"

const detail = documented("Admin")

const amount: Read<number> = (value, name) => {
  if (typeof value === "number" && value !== 0 && Math.abs(value) <= largestUsd)
    return value < 0 ? -nanoOfUsd(-value) : nanoOfUsd(value)
  throw wrong(name, `an amount in USD from -${largestUsd} to ${largestUsd}, and not 0; below 0 corrects`)
}

/** `/admin/credits`: what was paid in for everybody, and what is left of it. It limits only where the file says `credits: prepaid`. */
export const adminCredits = (services: HttpServices) => {
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
          const read = readFields(body, { amount: ["paid", amount], id: ["id", shortText(200)] })
          const { paid, id } = read as { readonly paid?: number; readonly id?: string }
          if (paid === undefined) throw wrong("amount", "there: USD that were paid in; below 0 corrects")
          await directory.change(actor, () => {
            const known = id === undefined ? undefined : directory.get("pay-in", id)
            if (known?.body.amountNano === paid) return { steps: [] }
            if (known) throw conflict(`"${id}" was another amount: ${usd(known.body.amountNano)} USD.`, "id")
            const creditsNano = (organisationOf(directory, config()).body.creditsNano ?? 0) + paid
            if (creditsNano < 0 || creditsNano > nanoOfUsd(largestUsd))
              throw new GatewayError(
                "invalid_request",
                `What was paid in must stay between 0 and ${largestUsd} USD; with this it would be ${usd(creditsNano)}.`,
                { param: "amount" },
              )
            const planned = changeOrganisation(directory, { creditsNano }, config())
            const noted: ObjectChange[] = id === undefined ? [] : [{ kind: "pay-in", id, body: { amountNano: paid } }]
            return { steps: [...planned.steps, ...noted], action: paid > 0 ? "pay-in" : "correct" }
          })
          await services.alerts.look()
          return row()
        }),
      detail("Pay in; an amount below 0 corrects. What has an `id` counts once, however often it is sent"),
    )
}
