import type { Options } from "../options.ts"
import type { Services } from "../services.ts"
import { ask, demandOk, readJson } from "./ask.ts"
import { type Credentials, credentialsError, readCredentials } from "./credentials.ts"

const where = "the container's credentials endpoint"

/** Plain HTTP carries keys only where nobody else listens: this machine, and the fixed addresses of ECS and EKS (AWS SDKs, container provider). */
const localHosts = new Set(["localhost", "127.0.0.1", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"])

/** A task's role in ECS, or a pod's in EKS. */
export const containerCredentials = async (
  { url, token, tokenFile }: NonNullable<Options["container"]>,
  services: Services,
): Promise<Credentials> => {
  let target: URL
  try {
    target = new URL(url)
  } catch {
    throw credentialsError("AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL")
  }
  if (target.protocol !== "https:" && !localHosts.has(target.hostname))
    throw credentialsError(`${where} must use https, or be on this machine`)
  // The file is kept fresh by the agent, so it is read each time.
  const authorization = tokenFile === undefined ? token : (await services.readText(tokenFile)).trim()
  const headers = { accept: "application/json", ...(authorization ? { authorization } : {}) }
  const response = demandOk(await ask({ url: target.href, headers, where, within: 5000 }, services), where)
  return readCredentials(await readJson(response, where), where)
}
