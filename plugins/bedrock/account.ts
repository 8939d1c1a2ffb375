import { jsonReply } from "signalbox/dialects"
import {
  type AbilityCall,
  GatewayError,
  type JsonObject,
  type OutgoingRequest,
  type ProviderSettings,
  type WireFailure,
} from "signalbox/plugin"
import { decodeError, hasEnded } from "./errors.ts"
import { mantleUrl, serviceUrl } from "./hosts.ts"
import { baseModel } from "./models.ts"
import type { Options } from "./options.ts"
import type { Services } from "./services.ts"
import { createSigning, type Signing } from "./signing.ts"

/** One account in one region: where it is, how its requests are signed, what its failures mean. */
export interface Account {
  readonly options: Options
  readonly signing: Signing
  /** Of `bedrock-runtime`. */
  readonly runtimeUrl: string
  /** Undefined where the endpoint does not exist, or is hidden behind an address of one's own. */
  readonly mantleUrl: string | undefined
  readonly agentUrl: string | undefined
  /** Those of the entry, lower case. */
  readonly headers: Readonly<Record<string, string>>
  baseOf(model: string): string
  /** `/model/{id}/{operation}` at the runtime. The id is one segment, whatever is in it. */
  modelUrl(model: string, operation: string): string
  sign(request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingRequest>
  classify(failure: WireFailure): GatewayError
  /** Calls an operation of the runtime, or another address of the account, with JSON both ways. */
  post(
    url: string,
    body: JsonObject,
    call: AbilityCall,
  ): Promise<{ readonly body: JsonObject; readonly headers: Headers }>
}

const segment = (model: string): string => {
  // A path swallows these two, so they would lead to another operation.
  if (model === "." || model === "..")
    throw new GatewayError("upstream_model_not_found", `"${model}" is no model id`, { param: "model" })
  return encodeURIComponent(model)
}

export const createAccount = (settings: ProviderSettings, options: Options, services: Services): Account => {
  const { endpoints, region, baseModels } = options
  // An address of one's own means that requests must not go elsewhere.
  const usual = endpoints.runtime === undefined
  const inRegion = <T>(url: (region: string) => T): T | undefined => (region === undefined ? undefined : url(region))
  const runtimeUrl = endpoints.runtime ?? inRegion((name) => serviceUrl("bedrock-runtime", name)) ?? ""
  const signing = createSigning(settings.apiKey, options, services)
  const headers = Object.fromEntries(
    Object.entries(settings.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const sign = (request: OutgoingRequest, signal: AbortSignal) => signing.sign(request, "bedrock", signal)
  return {
    options,
    signing,
    runtimeUrl,
    mantleUrl: endpoints.mantle ?? (usual ? inRegion(mantleUrl) : undefined),
    agentUrl:
      endpoints.agent_runtime ?? (usual ? inRegion((name) => serviceUrl("bedrock-agent-runtime", name)) : undefined),
    headers,
    baseOf: (model) => baseModel(model, baseModels),
    modelUrl: (model, operation) => `${runtimeUrl}/model/${segment(model)}/${operation}`,
    sign,
    classify(failure) {
      if (hasEnded(failure)) signing.forget()
      return decodeError(failure, settings.id)
    },
    async post(url, body, call) {
      const plain = { accept: "application/json", "content-type": "application/json", ...headers }
      const response = await call.send(await sign({ url, headers: plain, body: JSON.stringify(body) }, call.signal))
      return { body: await jsonReply(response), headers: response.headers }
    },
  }
}
