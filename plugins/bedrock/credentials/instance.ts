import type { Services } from "../services.ts"
import { ask, demandOk, readJson } from "./ask.ts"
import { type Credentials, credentialsError, readCredentials } from "./credentials.ts"

const where = "the instance metadata service"
const usualHost = "http://169.254.169.254"
const roles = "/latest/meta-data/iam/security-credentials/"
/** Off AWS nothing answers at that address, and the request must not wait long to learn it. */
const quickly = 1000

/**
 * The role of an EC2 instance, by IMDSv2: a token first, which cannot be had through a forged request. Undefined where the machine is
 * no instance or has no role.
 */
export const instanceCredentials = async (
  host: string | undefined,
  services: Services,
): Promise<Credentials | undefined> => {
  const base = host ?? usualHost
  let token: string
  try {
    const headers = { "x-aws-ec2-metadata-token-ttl-seconds": "300" }
    const url = `${base}/latest/api/token`
    const response = await ask({ url, method: "PUT", headers, where, within: quickly }, services)
    if (!response.ok) return undefined
    token = await response.text()
  } catch {
    // No such service: this is not an instance, and another place may have credentials.
    return undefined
  }
  const get = (path: string) =>
    ask({ url: base + path, headers: { "x-aws-ec2-metadata-token": token }, where, within: 5000 }, services)
  const list = await get(roles)
  if (list.status === 404) return undefined
  const role = (await demandOk(list, where).text()).split("\n")[0]?.trim()
  if (!role) return undefined
  const answer = await readJson(demandOk(await get(roles + encodeURIComponent(role)), where), where)
  const code = (answer as { Code?: unknown } | null)?.Code
  if (code !== undefined && code !== "Success") throw credentialsError(`${where} says "${String(code)}" for its role`)
  return readCredentials(answer, where)
}
