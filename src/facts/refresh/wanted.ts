import { GatewayError } from "../../contract/errors.ts"
import type { ModelListing } from "../../contract/provider.ts"
import { providerList } from "../facts.ts"
import { mayKnow } from "./models-dev-vendors.ts"
import type { RefreshParts, Upstream } from "./refresh-types.ts"
import { modelsDev } from "./sources.ts"

/** An upstream's own list, which could be asked for. */
export interface WantedList {
  /** `provider-list/<id>` */
  readonly name: string
  /** Where the list is: what else is at the same place is the same list. */
  readonly url: string
  readonly upstream: Upstream
  readonly listing: ModelListing
}

/** The document of models.dev. */
export interface WantedDocument {
  readonly name: typeof modelsDev
  readonly url: string
  /** As it is asked for. */
  readonly address: string
}

export type Wanted = WantedList | WantedDocument

/** An address that may be kept and shown: what follows the path may be a credential. */
const shownUrl = (url: string): string => {
  const parsed = URL.parse(url)
  return parsed ? `${parsed.protocol}//${parsed.host}${parsed.pathname}` : ""
}

/** The lists of the configured upstreams, where they have one. */
export function listsOf({ upstreams, log }: Pick<RefreshParts, "upstreams" | "log">): readonly WantedList[] {
  const lists: WantedList[] = []
  for (const upstream of upstreams()) {
    const { listing } = upstream.provider
    if (listing === undefined) continue
    try {
      const url = shownUrl(listing.endpoint().url)
      lists.push({ name: `${providerList}/${upstream.id}`, url, upstream, listing })
    } catch (thrown) {
      if (!GatewayError.is(thrown)) throw thrown
      log.debug("an upstream has no list to ask for", { provider: upstream.id, error: thrown.message })
    }
  }
  return lists
}

/** All that is worth asking for; the document of all vendors only where one of them is configured. */
export function wantedOf(parts: RefreshParts): readonly Wanted[] {
  const { url, upstreamLists } = parts.settings()
  const isUseful = [...parts.upstreams()].some(({ definition }) => mayKnow(definition))
  return [
    ...(isUseful ? [{ name: modelsDev, url: shownUrl(url), address: url } as const] : []),
    ...(upstreamLists ? listsOf(parts) : []),
  ]
}
