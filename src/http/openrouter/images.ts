import { Elysia } from "elysia"
import { openrouterFace } from "../../dialects/faces/index.ts"
import { answer } from "../answer.ts"
import { answerCall, type CallRoute } from "../inference/call.ts"
import { imageGenerations, writeImages } from "../inference/images.ts"
import type { ListedModel } from "../listing.ts"
import { viewerOf, viewFor } from "../lists/listed.ts"
import type { HttpServices } from "../services.ts"

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
  write: writeImages((usage, costUsd) => openrouterFace.usage(usage, costUsd)),
}

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
  endpoints: `/api/v1/models/${model.id}/endpoints`,
})

/** `POST /api/v1/images` and `GET /api/v1/images/models`. */
export const openrouterImages = (services: HttpServices) =>
  new Elysia({ name: "openrouter images" })
    .post("/api/v1/images", ({ request }) => answerCall(services, openrouterFace, route, request), {
      parse: "none",
      detail: { summary: "Make images, as OpenRouter has it", tags: ["OpenRouter"] },
    })
    .get("/api/v1/images/models", ({ request }) => answer(services, openrouterFace, () => list(services, request)), {
      detail: { summary: "Models that make images", tags: ["OpenRouter"] },
    })
