import type { AbilityCall, GatewayError, Json, JsonObject } from "../../contract/index.ts"
import { badReply, jsonReply, type MediaEndpoint } from "./endpoint.ts"

/** How a vendor's jobs are followed. */
export interface JobShape {
  /** Where its state is asked for. */
  address(state: JsonObject): Json | undefined
  status(state: JsonObject): "running" | "done" | "failed"
  failure(state: JsonObject): GatewayError
  /** Milliseconds. */
  readonly betweenLooks: number
}

const domainOf = (host: string): string => host.split(".").slice(-2).join(".")

/** Addresses come from answers: the key goes to no other host than those of the vendor. */
const trusted = (address: Json | undefined, endpoint: MediaEndpoint, model: string) => {
  const { url, headers } = endpoint("", model)
  const own = new URL(url)
  const target = typeof address === "string" && URL.canParse(address) ? new URL(address) : undefined
  if (target === undefined) throw badReply("The upstream's job has no address to ask for its state")
  const isIp = /^[\d.]+$|:/.test(own.hostname)
  const same = target.host === own.host || (!isIp && domainOf(target.hostname) === domainOf(own.hostname))
  if (!same || target.protocol !== own.protocol)
    throw badReply("The upstream's job is to be asked for at another host", target.origin)
  return { url: target.href, headers }
}

/** Asks for a job's state until it is done. The call's deadline and the client's leaving end the wait. */
export const jobAnswer = async (
  call: AbilityCall,
  endpoint: MediaEndpoint,
  created: JsonObject,
  shape: JobShape,
): Promise<JsonObject> => {
  let state = created
  while (shape.status(state) === "running") {
    const { url, headers } = trusted(shape.address(state), endpoint, call.model)
    await call.wait(shape.betweenLooks)
    const response = await call.send({ url, method: "GET", headers: { accept: "application/json", ...headers } })
    state = await jsonReply(response, "errors-inside")
  }
  if (shape.status(state) === "failed") throw shape.failure(state)
  return state
}
