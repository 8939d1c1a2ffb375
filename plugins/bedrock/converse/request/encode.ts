import type { Lose } from "signalbox/dialects"
import type { ChatRequest, EncodeTarget, JsonObject } from "signalbox/plugin"
import { isClaudeModel } from "../../models.ts"
import { converseToolNames, dialectName } from "../formats.ts"
import { cachePoint } from "./blocks.ts"
import { limitCachePoints } from "./cache-limit.ts"
import { encodeConversation, settlePrefill, type Turn } from "./conversation.ts"
import { DocumentNames } from "./documents.ts"
import { joined, ownFields, requestMetadata, serviceTier } from "./own-fields.ts"
import { encodeSettings } from "./settings.ts"
import { encodeStructured } from "./structured.ts"
import { encodeTools } from "./tools.ts"

const dropUnsupported = (request: ChatRequest, lose: Lose): void => {
  const drop = (path: string, reason: string) =>
    lose({ path, action: "dropped", code: "parameter_unsupported", reason })
  if ((request.choices ?? 1) > 1) drop("n", "the upstream gives one answer per request")
  if (request.promptCacheKey !== undefined) drop("prompt_cache_key", "the upstream caches by breakpoints")
  if (request.modalities?.some((modality) => modality !== "text"))
    drop("modalities", "the upstream answers in text only")
}

/** Automatic caching is a breakpoint at the end of what is sent. */
const withAutomaticCache = (turns: readonly Turn[], { cache }: ChatRequest): readonly Turn[] => {
  const last = turns.at(-1)
  if (!cache || last?.role !== "user" || last.blocks.at(-1)?.cachePoint !== undefined) return turns
  return [...turns.slice(0, -1), { ...last, blocks: [...last.blocks, cachePoint(cache)] }]
}

/** Where Claude says which stop sequence it met; a stream and a whole reply differ. */
const stopSequencePath = (stream: boolean) => (stream ? "/delta/stop_sequence" : "/stop_sequence")

/** What the configuration adds to every request; a client may change all of it but the guardrail. */
const withOperatorFields = (body: JsonObject, own: JsonObject, { profile, lose }: EncodeTarget): JsonObject => {
  const added = (profile.extraBody ?? {}) as JsonObject
  const { guardrailConfig } = added
  const out = joined(joined(added, body), own)
  if (guardrailConfig === undefined) return out
  if (own.guardrailConfig !== undefined)
    lose({
      path: "guardrailConfig",
      action: "dropped",
      code: "parameter_conflict",
      reason: "the gateway's configuration sets the guardrail",
    })
  return { ...out, guardrailConfig }
}

/** A chat request as the body of `POST /model/{id}/converse`. `target.model` is the model behind the name, without geography or ARN. */
export const encodeRequest = (request: ChatRequest, target: EncodeTarget): JsonObject => {
  const { model, profile, lose } = target
  const names = converseToolNames(request)
  dropUnsupported(request, lose)
  const settings = encodeSettings(request, target)
  const structured = encodeStructured(request, profile, lose)
  const noForce = profile.noForcedTool === true || settings.thinks
  const { tools, toolChoice, ownChoice } = encodeTools(request, {
    model,
    profile,
    names,
    lose,
    noForce,
    answerTool: structured.tool,
  })
  const context = { model, profile, names, lose, documents: new DocumentNames(), toolsAsText: tools.length === 0 }
  const conversation = encodeConversation(request, context)
  const refusesPrefill =
    profile.noPrefill === true || settings.thinks || settings.additional.output_config !== undefined
  const turns = withAutomaticCache(settlePrefill(conversation.turns, refusesPrefill, context), request)
  const system = structured.instruction
    ? [...conversation.system, { text: structured.instruction }]
    : conversation.system
  const cached = limitCachePoints({ tools, system, turns: turns.map(({ blocks }) => blocks) }, { model, profile, lose })
  const additional = joined(settings.additional, ownChoice ? { tool_choice: ownChoice } : {})
  const claude = isClaudeModel(model)
  const body: JsonObject = {
    ...(cached.system.length > 0 ? { system: [...cached.system] } : {}),
    messages: turns.map(({ role }, at): JsonObject => ({ role, content: [...(cached.turns[at] ?? [])] })),
    ...(Object.keys(settings.inferenceConfig).length > 0 ? { inferenceConfig: settings.inferenceConfig } : {}),
    ...(cached.tools.length > 0
      ? { toolConfig: { tools: [...cached.tools], ...(toolChoice ? { toolChoice } : {}) } }
      : {}),
    ...(Object.keys(additional).length > 0 ? { additionalModelRequestFields: additional } : {}),
    ...(claude ? { additionalModelResponseFieldPaths: [stopSequencePath(request.stream)] } : {}),
    ...serviceTier(request, lose),
    ...requestMetadata(request, lose),
  }
  return withOperatorFields(body, ownFields(request.extras, dialectName, lose), target)
}
