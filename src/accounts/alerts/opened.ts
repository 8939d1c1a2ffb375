import type { Config } from "../../config/config.ts"
import { GatewayError } from "../../contract/index.ts"
import type { Directory } from "../directory/directory.ts"
import type { Seal } from "../seal.ts"
import { fileId } from "./book.ts"
import type { Destination, OpenDestination } from "./types.ts"

/** What a destination's address and secret are sealed for. */
export const urlPurpose = (id: string): string => `alert-destination/${id}/url`
export const secretPurpose = (id: string): string => `alert-destination/${id}/secret`

/** A destination with what is needed to send to it. */
export async function openedDestination(
  { id, source }: Destination,
  { alerts }: Config,
  directory: Pick<Directory, "get">,
  seal: Pick<Seal, "open">,
): Promise<OpenDestination> {
  if (source === "file") {
    const found = alerts.destinations.find(({ name }) => fileId(name) === id)
    if (!found) throw gone()
    return { url: found.url, ...(found.secret === undefined ? {} : { secret: found.secret }) }
  }
  const body = directory.get("alert-destination", id)?.body
  if (!body) throw gone()
  const url = await seal.open(body.sealedUrl, urlPurpose(id))
  if (body.sealedSecret === undefined) return { url }
  return { url, secret: await seal.open(body.sealedSecret, secretPurpose(id)) }
}

const gone = () => new GatewayError("not_found", "There is no such destination any more.")
