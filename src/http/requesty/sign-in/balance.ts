import { Elysia } from "elysia"
import { requestyFace } from "../../../dialects/faces/index.ts"
import { answer } from "../../answer.ts"
import { authenticate } from "../../auth.ts"
import type { HttpServices } from "../../services.ts"
import { told } from "../reply.ts"
import { spentThisMonth } from "../spent.ts"
import { moneyText } from "../values.ts"

/** `GET /x/apikey`: what Roo Code shows beside its settings. It takes these five fields and no others, with money as texts. */
export const balance = (services: HttpServices) =>
  new Elysia({ name: "requesty balance" }).get(
    "/x/apikey",
    ({ request }) =>
      answer(services, requestyFace, () => {
        const key = authenticate(services.keys, request, "any")
        const least = services.budgets.leastOf(services.standings.of(key), services.pipeline.now())
        return {
          name: key.name,
          monthly_limit: moneyText(key.limitNano ?? 0),
          monthly_spend: moneyText(spentThisMonth(services, `key:${key.keyId}`)),
          // The one figure that is shown: what may still be spent, by whichever limit leaves least.
          org_balance: moneyText(least?.remainingNano ?? 0),
          config: {},
        }
      }),
    told("What the key may spend and has spent, for Roo Code"),
  )
