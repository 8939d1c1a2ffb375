import { stateProblem } from "../accounts/key-problems.ts"
import type { Principal } from "../accounts/principal.ts"
import {
  type CallInfo,
  type EmbeddingVector,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
} from "../contract/index.ts"
import { requestyFace } from "../dialects/faces/index.ts"
import { beginCall, runCall } from "./call/run.ts"
import type { CallInbound, Exchange } from "./exchange.ts"
import { commonFields } from "./fields.ts"
import { exchangeOf } from "./recall/query.ts"
import type { Services, Standing } from "./services.ts"

/**
 * `PluginContext.embed`: a request like any other, made for another one. The key of that one pays, and what that one says of regions and
 * of data holds for it as well; which models the key may ask for does not, since it was the operator who chose this one.
 */
export async function embedFor(
  services: Services,
  keyOf: (keyId: string) => Principal | undefined,
  plugin: string,
  model: string,
  texts: readonly string[],
  call: CallInfo,
): Promise<readonly Float32Array[]> {
  const made = exchangeOf(call)
  const principal = made?.inbound.principal ?? keyOf(call.keyId)
  if (!principal) throw new GatewayError("invalid_api_key", "The key that this is for is gone.")
  // A request under way goes on as it began; what plugins do later needs a key that still works.
  const problem = made ? undefined : stateProblem(principal, services.now())
  if (problem) throw problem
  const body: JsonObject = {
    model,
    provider: made ? privacyOf(made) : {},
    metadata: { plugin, request_id: call.requestId },
  }
  const asker = withoutModels(principal)
  const inbound: CallInbound = {
    requestId: `req_${services.newToken()}`,
    face: requestyFace,
    api: "embeddings",
    ability: "embeddings",
    fields: commonFields((key): Json | undefined => body[key]),
    principal: asker,
    body: texts.join("\n"),
    // What is embedded to be looked for in memory is not looked for in memory itself.
    headers: new Headers({ "user-agent": `signalbox-plugin/${plugin}`, "x-signalbox-cache": "off" }),
    signal: call.signal,
    startedAt: services.now(),
    ...(made?.inbound.door ? { door: made.inbound.door } : {}),
  }
  const exchange = beginCall(services, inbound, withoutLists(services.standings.of(principal), asker))
  const input = texts.map((text) => ({ type: "text", text }) as const)
  const { reply } = await runCall(exchange, {
    ability: "embeddings",
    request: { model, input, encoding: "float" },
  })
  if (reply.vectors.length !== texts.length)
    throw new GatewayError(
      "bad_provider_response",
      `${model} gave ${reply.vectors.length} vectors for ${texts.length} texts.`,
    )
  return reply.vectors.map(numbersOf)
}

/** What of a request's preferences is about where its text may go. */
function privacyOf({ fields, preset }: Exchange): JsonObject {
  const found: JsonObject = {}
  for (const sent of [preset?.provider, fields.preferences?.sent]) {
    if (!isObject(sent)) continue
    for (const key of ["data_collection", "zdr", "region"]) {
      const value = sent[key]
      if (value !== undefined) found[key] = value
    }
  }
  return found
}

function withoutModels(principal: Principal): Principal {
  if (!principal.routing?.models) return principal
  const { models: _, ...routing } = principal.routing
  return { ...principal, routing }
}

/** What else says which models may be asked for; where texts may go, it says as before. */
function withoutLists({ access: _, ...standing }: Standing, principal: Principal): Standing {
  if (standing.guardrails.length === 0) return { ...standing, principal }
  const guardrails = standing.guardrails.map(({ allowedModels, ignoredModels, ...kept }) => kept)
  return { ...standing, principal, guardrails }
}

function numbersOf(vector: EmbeddingVector): Float32Array {
  if ("floats" in vector) return Float32Array.from(vector.floats)
  const bytes = Uint8Array.fromBase64(vector.base64)
  return new Float32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4))
}
