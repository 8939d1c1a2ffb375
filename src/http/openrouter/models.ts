import { Elysia } from "elysia"
import { inSlices, type Steps } from "../../catalog/steps.ts"
import { openrouterFace } from "../../dialects/faces/index.ts"
import { answer } from "../answer.ts"
import { QueryReader, queryOf } from "../fields/query.ts"
import { pathOf } from "../front.ts"
import type { ListedModel } from "../listing.ts"
import { rowsOf } from "../lists/free.ts"
import { type View, type Viewer, viewerOf, viewFor } from "../lists/listed.ts"
import { modelNamed } from "../lists/named.ts"
import { listText, print, reply, tagged } from "../lists/print.ts"
import type { HttpServices } from "../services.ts"
import { fits, isLive, sorted } from "./models/choose.ts"
import { endpointOf } from "./models/endpoint.ts"
import { architectureOf, detailsPath, openrouterModel } from "./models/model.ts"
import { nameIn, noModel, noRoute } from "./models/named.ts"
import { type ModelQuery, readOutput, readPage, readQuery } from "./models/query.ts"
import { feed } from "./models/rss.ts"

type Work = (request: Request) => Response | Promise<Response> | object | Promise<object>

/** `GET /api/v1/models` and its kin in OpenRouter's shape, paged so that its SDK's iterator ends. */
export function openrouterModels(services: HttpServices) {
  const app = new Elysia({ name: "openrouter models" })
  const routes: readonly (readonly [path: string, summary: string, work: Work])[] = [
    ["/api/v1/models", "Models that can be called", (request) => listModels(services, request)],
    ["/api/v1/models/count", "How many there are", (request) => countModels(services, request)],
    ["/api/v1/models/user", "Models that this key may use", (request) => listUserModels(services, request)],
    ["/api/v1/embeddings/models", "Models that make embeddings", (request) => ofKind(services, request, "embeddings")],
    ["/api/v1/rerank/models", "Models that rerank", (request) => ofKind(services, request, "rerank")],
    ["/api/v1/model/*", "One model, by author and slug", (request) => oneModel(services, request)],
    [
      "/api/v1/models/*",
      "The endpoints of a model: …/{author}/{slug}/endpoints",
      (request) => endpoints(services, request),
    ],
    ["/api/v1/endpoints/zdr", "Endpoints that keep nothing", (request) => zeroRetention(services, request)],
  ]
  for (const [path, summary, work] of routes)
    app.get(path, ({ request }) => answer(services, openrouterFace, () => work(request)), {
      detail: { summary, tags: ["OpenRouter"] },
    })
  return app
}

async function listModels(services: HttpServices, request: Request): Promise<Response> {
  const query = readQuery(new QueryReader(queryOf(request)))
  const view = await viewFor(services, viewerOf(services, request))
  if (query.rss) return rss(services, request, view, query)
  return page(services, request, view, query)
}

async function listUserModels(services: HttpServices, request: Request): Promise<Response> {
  const read = new QueryReader(queryOf(request))
  const query = { ...everything, ...readPage(read), output: readOutput(read) }
  return page(services, request, await viewFor(services, viewerOf(services, request, "key")), query)
}

async function ofKind(services: HttpServices, request: Request, output: string): Promise<Response> {
  const query = { ...everything, ...readPage(new QueryReader(queryOf(request))), output: [output] }
  return page(services, request, await viewFor(services, viewerOf(services, request)), query)
}

async function countModels(services: HttpServices, request: Request): Promise<object> {
  const output = readOutput(new QueryReader(queryOf(request)))
  const view = await viewFor(services, viewerOf(services, request))
  const all = await inSlices(chosen(services, view, { ...everything, output }), services.pipeline.now)
  return { data: { count: all.length } }
}

/** A query that asks for nothing in particular. */
const everything: ModelQuery = readQuery(new QueryReader(new URLSearchParams()))

function* chosen(services: HttpServices, view: View, query: ModelQuery): Steps<readonly ListedModel[]> {
  const now = services.pipeline.now()
  const fitting: ListedModel[] = []
  for (const model of yield* rowsOf(view)) {
    if (fits(model, query, now)) fitting.push(model)
    yield
  }
  return sorted(fitting, query.sort, services)
}

async function page(services: HttpServices, request: Request, view: View, query: ModelQuery): Promise<Response> {
  const { offset, limit } = query
  const path = pathOf(request.url)
  // Ages move on, and so does what is measured.
  const changes = isLive(query.sort) || query.minAgeDays !== undefined || query.maxAgeDays !== undefined
  const name = changes ? undefined : `${path}?${queryOf(request)}`
  const printed = await print(services, view, name, function* () {
    const all = yield* chosen(services, view, query)
    const data = limit === undefined ? all.slice(offset) : all.slice(offset, offset + limit)
    const links = { next: nextLink(request, path, query, all.length) }
    return yield* listText({ data, total_count: all.length, links }, openrouterModel)
  })
  return reply(services, request, printed)
}

/** Null at the end, or where everything was given. The query's other fields are those of the page before. */
function nextLink(request: Request, path: string, { offset, limit }: ModelQuery, total: number): string | null {
  if (limit === undefined || limit === 0 || offset + limit >= total) return null
  const query = queryOf(request)
  query.set("offset", String(offset + limit))
  return `${path}?${query}`
}

async function rss(services: HttpServices, request: Request, view: View, query: ModelQuery): Promise<Response> {
  const base = services.pipeline.snapshot().config.server.publicUrl ?? new URL(request.url).origin
  const { offset, limit } = query
  const all = await inSlices(chosen(services, view, query), services.pipeline.now)
  const models = all.slice(offset, limit === undefined ? undefined : offset + limit)
  const text = feed(models, base, ({ id }) => `${base}/api/v1/model/${id}`)
  return reply(services, request, tagged(text), "application/rss+xml")
}

async function oneModel(services: HttpServices, request: Request): Promise<object> {
  const view = await viewFor(services, viewerOf(services, request))
  const name = nameIn(request, "/api/v1/model/")
  const model = name === undefined ? undefined : await modelNamed(services, view, name)
  if (!model) throw noModel(name)
  return { data: openrouterModel(model) }
}

async function endpoints(services: HttpServices, request: Request): Promise<object> {
  const name = nameIn(request, "/api/v1/models/", "/endpoints")
  if (name === undefined) throw noRoute(request, detailsPath("{author}/{slug}"))
  const viewer = viewerOf(services, request)
  const view = await viewFor(services, viewer)
  const model = await modelNamed(services, view, name)
  if (!model) throw noModel(name)
  const prices = new Map(
    await Promise.all(
      model.offers.map(async (offer) => [offer, (await services.pipeline.priceOf(offer)).price] as const),
    ),
  )
  const context = { services, priceOf: prices.get.bind(prices), measured: isMeasured(viewer) }
  return {
    data: {
      id: model.id,
      name: model.name,
      created: model.created,
      description: model.description ?? "",
      architecture: architectureOf(model),
      // A router has none of its own.
      endpoints: (model.origin === "router" ? [] : model.offers).map((offer) => endpointOf(model, offer, context)),
    },
  }
}

/** As at OpenRouter: how fast an upstream answers is for those who have a key. */
const isMeasured = ({ principal }: Viewer): boolean => principal !== undefined

async function zeroRetention(services: HttpServices, request: Request): Promise<object> {
  const viewer = viewerOf(services, request)
  const view = await viewFor(services, viewer)
  const { priceOf } = view.listing
  const context = { services, priceOf, measured: isMeasured(viewer) }
  return {
    data: view.models
      .filter(({ origin }) => origin === "model")
      .flatMap((model) =>
        model.offers.filter(({ zdr }) => zdr === true).map((offer) => endpointOf(model, offer, context)),
      ),
  }
}
