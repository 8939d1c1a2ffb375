import { Elysia } from "elysia"
import { openrouterFace } from "../../dialects/faces/index.ts"
import { answer } from "../answer.ts"
import { answerCall, type CallRoute } from "../inference/call.ts"
import { imageGenerations, writeImages } from "../inference/images.ts"
import type { ListedModel } from "../listing.ts"
import { viewerOf, viewFor } from "../lists/listed.ts"
import { modelNamed } from "../lists/named.ts"
import type { HttpServices } from "../services.ts"
import { imageEndpointOf } from "./models/image-endpoint.ts"
import { nameIn, noModel, noRoute } from "./models/named.ts"

/**
 * OpenRouter's own route (openrouter.ai/docs/api-reference, images): like OpenAI's, but it knows images as base64 only, and counts
 * in the words of its chats.
 */
const route: CallRoute<"images"> = {
  ...imageGenerations,
  async read(services, request) {
    const asked = await imageGenerations.read(services, request)
    return { ...asked, request: { ...asked.request, responseFormat: asked.request.responseFormat ?? "b64_json" } }
  },
  write: writeImages("face"),
}

const listPath = "/api/v1/images/models"

async function list(services: HttpServices, request: Request) {
  const { models } = await viewFor(services, viewerOf(services, request))
  return { data: models.filter(({ output }) => output.includes("image")).map(imageModel) }
}

const imageModel = (model: ListedModel): Record<string, unknown> => ({
  id: model.id,
  name: model.name,
  created: model.created,
  description: model.description ?? "",
  architecture: { input_modalities: ["text", "image"], output_modalities: ["image"] },
  // What a vendor's models take is known when they are asked.
  supported_parameters: {},
  supports_streaming: true,
  endpoints: `${listPath}/${model.id}/endpoints`,
})

async function endpoints(services: HttpServices, request: Request) {
  const name = nameIn(request, `${listPath}/`, "/endpoints")
  if (name === undefined) throw noRoute(request, `${listPath}/{author}/{slug}/endpoints`)
  const model = await modelNamed(services, await viewFor(services, viewerOf(services, request)), name)
  if (!model?.output.includes("image")) throw noModel(name)
  const { id, offers } = model
  const prices = await Promise.all(offers.map((offer) => services.pipeline.priceOf(offer)))
  return { id, endpoints: offers.map((offer, index) => imageEndpointOf(offer, offers, prices[index]!.price)) }
}

/** `POST /api/v1/images` and `GET /api/v1/images/models` with its endpoints. */
export const openrouterImages = (services: HttpServices) =>
  new Elysia({ name: "openrouter images" })
    .post("/api/v1/images", ({ request }) => answerCall(services, openrouterFace, route, request), {
      parse: "none",
      detail: { summary: "Make images, as OpenRouter has it", tags: ["OpenRouter"] },
    })
    .get(`${listPath}/*`, ({ request }) => answer(services, openrouterFace, () => endpoints(services, request)), {
      detail: { summary: "The endpoints of an image model: …/{author}/{slug}/endpoints", tags: ["OpenRouter"] },
    })
    .get(listPath, ({ request }) => answer(services, openrouterFace, () => list(services, request)), {
      detail: { summary: "Models that make images", tags: ["OpenRouter"] },
    })
