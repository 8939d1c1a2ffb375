import { redact } from "signalbox/dialects"
import { serviceUrl } from "../hosts.ts"
import type { AssumeRole } from "../options.ts"
import type { Services } from "../services.ts"
import { signRequest } from "../signature.ts"
import { ask } from "./ask.ts"
import { type Credentials, credentialsError, readCredentials } from "./credentials.ts"

const where = "STS"
const hour = "3600"

/** STS answers in XML; these elements occur once in an answer, and hold no markup. */
const element = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]?.replaceAll("&amp;", "&")

/** Credentials of a role, got with others (docs.aws.amazon.com/STS, AssumeRole). */
export const assumeRole = async (
  role: AssumeRole,
  base: Credentials,
  sts: { readonly region: string; readonly url: string | undefined },
  services: Services,
): Promise<Credentials> => {
  const url = `${sts.url ?? serviceUrl("sts", sts.region)}/`
  const query = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: role.arn,
    RoleSessionName: role.sessionName,
    DurationSeconds: hour,
    ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
  })
  const body = query.toString()
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" }
  const scope = { service: "sts", region: sts.region, now: services.now() }
  const signed = await signRequest({ url, headers, body }, base, scope)
  const response = await ask({ url, method: "POST", headers: signed.headers, body, where, within: 10_000 }, services)
  const xml = await response.text()
  if (!response.ok) {
    const words = element(xml, "Message") ?? `status ${response.status}`
    throw credentialsError(`${where} refuses to assume ${role.arn}: ${redact(words)}`)
  }
  const names = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"] as const
  return readCredentials(Object.fromEntries(names.map((name) => [name, element(xml, name)])), where)
}
