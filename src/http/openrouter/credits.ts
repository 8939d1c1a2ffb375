import { Elysia } from "elysia"
import { GatewayError } from "../../contract/index.ts"
import { openrouterFace } from "../../dialects/faces/index.ts"
import { usd } from "../../ledger/money.ts"
import { answer } from "../answer.ts"
import { creditsOf } from "../credits.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"

/** USD that clients are told to have left where nothing is prepaid: enough for whatever they are about to do. */
const headroomUsd = 1_000_000

/** `/api/v1/credits`: what is left is the difference (openrouter.ai/docs get-credits). */
export const openrouterCredits = (services: HttpServices) =>
  new Elysia({ name: "openrouter credits" })
    .get(
      "/api/v1/credits",
      ({ request }) =>
        managed(services, request, "GET /api/v1/credits", () => {
          const { mode, paidInNano, spentNano } = creditsOf(services)
          const spent = usd(spentNano)
          return {
            data: {
              total_credits: mode === "prepaid" ? usd(paidInNano) : spent + headroomUsd,
              total_usage: spent,
            },
          }
        }),
      { detail: { summary: "Credits: paid in, and spent", tags: ["OpenRouter"] } },
    )
    .post(
      "/api/v1/credits/coinbase",
      () =>
        answer(services, openrouterFace, () => {
          throw new GatewayError("gone", "Paying by Coinbase has been removed. POST /admin/credits pays in.")
        }),
      { parse: "none", detail: { summary: "Gone, as at OpenRouter", tags: ["OpenRouter"] } },
    )
