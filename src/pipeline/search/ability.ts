import type { ChatRequest, Profile, WebSearchTool } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import type { LiveOffer } from "../services.ts"

/** Whether an upstream of this profile searches by itself for this request. */
export const searchesItself = (profile: Profile, { tools = [] }: ChatRequest): boolean =>
  profile.webSearch !== undefined &&
  !(profile.searchAlone && tools.some(({ type }) => type === "function" || type === "custom"))

/** Whether one of an offer's formats does. */
export const offerSearches = ({ wires, upstream }: LiveOffer, request: ChatRequest): boolean =>
  wires.some(({ wire, profile }) => searchesItself(profile, request) && wire.declines?.(request, upstream) !== true)

/** `native` and `auto` are no names of engines. */
const namesEngine = ({ engine }: WebSearchTool): boolean =>
  engine !== undefined && engine !== "auto" && engine !== "native"

/** Whether the gateway searches, given whether the upstream could. */
export function gatewaySearches({ snapshot }: Exchange, tool: WebSearchTool, upstreamCan: boolean): boolean {
  if (snapshot.roster.searches.length === 0 || tool.engine === "native") return false
  return !upstreamCan || namesEngine(tool)
}

/** The client asked the gateway, so that it is no loss when the gateway searches. */
export const isAskedOfGateway = ({ fields }: Exchange, tool: WebSearchTool): boolean =>
  fields.search !== undefined || namesEngine(tool)
