import { Elysia } from "elysia"
import type { Steps } from "../../catalog/steps.ts"
import { GatewayError, type ModelKind } from "../../contract/index.ts"
import { unescaped } from "../../dialects/body/unescaped.ts"
import { requestyFace } from "../../dialects/faces/index.ts"
import { answer } from "../answer.ts"
import { pathOf } from "../front.ts"
import type { ListedModel } from "../listing.ts"
import { type View, viewerOf, viewFor } from "../lists/listed.ts"
import { modelNamed } from "../lists/named.ts"
import { listText, print, reply } from "../lists/print.ts"
import type { HttpServices } from "../services.ts"
import { timeText } from "../shown.ts"
import { requestyModel } from "./model.ts"

/** Which kinds each of Requesty's lists has; the main one is of what holds conversations. */
const lists: readonly {
  readonly path: string
  readonly kinds: readonly ModelKind[] | undefined
  readonly summary: string
}[] = [
  { path: "/v1/models", kinds: ["chat"], summary: "Models that can be called" },
  { path: "/v1/models/chat", kinds: ["chat"], summary: "Models that hold conversations" },
  { path: "/v1/models/embedding", kinds: ["embeddings"], summary: "Models that make embeddings" },
  { path: "/v1/models/rerank", kinds: ["rerank"], summary: "Models that rerank" },
  { path: "/v1/models/image", kinds: ["images"], summary: "Models that make images" },
  { path: "/v1/models/speech", kinds: ["speech"], summary: "Models that speak" },
  { path: "/v1/models/transcription", kinds: ["transcription"], summary: "Models that write down what is spoken" },
  { path: "/v1/models/all", kinds: undefined, summary: "Models of every kind" },
]

/** `GET /v1/models` and its kin in Requesty's shape, which is OpenAI's with more fields; in Anthropic's when the caller speaks that. */
export const requestyModels = (services: HttpServices) => {
  const app = new Elysia({ name: "requesty models" })
  for (const { path, kinds, summary } of lists) {
    const of = ({ models }: View) =>
      models.filter((model) => !isElsewhere(model) && (kinds?.includes(model.kind) ?? true))
    app.get(path, ({ request }) => answer(services, requestyFace, () => list(services, request, of)), {
      detail: { summary, tags: ["Requesty"] },
    })
  }
  const managed = ({ models }: View) => models.filter(({ origin }) => origin === "managed")
  return app
    .get(
      "/v1/models/managed",
      ({ request }) => answer(services, requestyFace, () => list(services, request, managed)),
      { detail: { summary: "Bare names that lead to whoever has the model", tags: ["Requesty"] } },
    )
    .get("/v1/models/*", ({ request }) => answer(services, requestyFace, () => one(services, request)), {
      detail: { summary: "One model, by its name", tags: ["Requesty"] },
    })
}

/** Bare managed names have a list of their own; here they would be every model once more. The newest of a family and routers are OpenRouter's words. */
const isElsewhere = ({ origin, id }: ListedModel): boolean =>
  origin === "latest" || origin === "router" || (origin === "managed" && !id.includes("/"))

/** Claude's clients tell themselves by this header, and read Anthropic's form. */
const speaksAnthropic = (request: Request): boolean => request.headers.has("anthropic-version")

async function list(services: HttpServices, request: Request, of: (view: View) => readonly ListedModel[]) {
  const view = await viewFor(services, viewerOf(services, request))
  const unit = services.pipeline.snapshot().config.compat.requesty.priceUnit
  const anthropic = speaksAnthropic(request)
  const printed = await print(services, view, `${pathOf(request.url)} ${anthropic}`, () =>
    anthropic
      ? anthropicList(of(view).filter(({ origin }) => origin !== "managed"))
      : listText({ object: "list", data: of(view) }, (model) => requestyModel(model, unit)),
  )
  return reply(services, request, printed)
}

/** What the OpenAI and Anthropic SDKs call `models.retrieve`. */
async function one(services: HttpServices, request: Request): Promise<object> {
  const view = await viewFor(services, viewerOf(services, request))
  const path = pathOf(request.url).slice("/v1/models/".length)
  const name = unescaped(path)
  const model = await modelNamed(services, view, name)
  if (!model)
    throw new GatewayError(
      "not_found",
      `There is no model "${name.slice(0, 200)}" here that may be used. GET /v1/models lists them.`,
    )
  const unit = services.pipeline.snapshot().config.compat.requesty.priceUnit
  return speaksAnthropic(request) ? anthropicModel(model) : requestyModel(model, unit)
}

const anthropicModel = (model: ListedModel) => ({
  type: "model",
  id: model.id,
  display_name: model.name,
  created_at: timeText(model.created * 1000),
})

function anthropicList(data: readonly ListedModel[]): Steps<string> {
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
  return listText({ data, has_more: false, ...ends }, anthropicModel)
}
