import { type MediaEndpoint, readModelList } from "signalbox/dialects"
import type { ModelListing } from "signalbox/plugin"
import type { Vendor } from "./vendor.ts"

/** Servers on one's own machines write the moment of their start, or of the question, where others write that of the release. */
const quirksOf = ({ keyless, list }: Vendor) => ({ ...(keyless ? { created: false } : {}), ...(list || {}) })

/** The list of a vendor's row, at `GET /models` unless the row says otherwise. */
export const modelListing = (vendor: Vendor, endpoint: MediaEndpoint): ModelListing | undefined => {
  const { list = {} } = vendor
  if (list === false || vendor.chat === false) return undefined
  const { details } = list
  const quirks = quirksOf(vendor)
  return {
    endpoint: () => endpoint(list.path ?? "models", ""),
    read: list.read ?? ((document) => readModelList(document, quirks)),
    ...(details === undefined
      ? {}
      : {
          details: {
            read: details.read,
            request(model) {
              const { url, headers } = endpoint(details.path, "")
              const body = JSON.stringify(details.body(model))
              return { url, headers: { "content-type": "application/json", ...headers }, body }
            },
          },
        }),
  }
}
