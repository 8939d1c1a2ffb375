import { Elysia } from "elysia"
import { makeKey } from "../../../accounts/managed-keys.ts"
import { asGatewayError, GatewayError } from "../../../contract/index.ts"
import { queryOf } from "../../fields/query.ts"
import { keyRoom } from "../../key-room.ts"
import type { HttpServices } from "../../services.ts"
import { isListedCallback, readCallback, shownCallback } from "../../sign-in/callbacks.ts"
import { type Consent, consentPage, decider, messagePage, readForm, sendBack } from "../../sign-in/consent.ts"
import { told } from "../reply.ts"
import { addressOf } from "./address.ts"

const path = "/oauth/authorize"

/**
 * `/oauth/authorize?callback_url=…`: how editors' extensions ask for a key. What they get as `code` is the key itself, in an address, so it
 * is made for this one consent, and only programs that the configuration lists are sent one.
 */
export const authorizeEditors = (services: HttpServices) =>
  new Elysia({ name: "requesty authorize" })
    .get(
      path,
      ({ request }) => inWords(services, () => consentPage(services, request, consentFor(services, queryOf(request)))),
      told("A person decides whether an editor gets a key"),
    )
    .post(path, ({ request }) => inWords(services, () => decide(services, request)), told("What was decided"))

/** Throws what is wrong with the address that is to get the key; nobody is sent there then. */
function consentFor({ pipeline }: HttpServices, query: URLSearchParams): Consent & { readonly callback: URL } {
  const text = query.get("callback_url")
  if (!text)
    throw new GatewayError("invalid_request", '"callback_url" must be there: the address of the editor that asks.', {
      param: "callback_url",
    })
  const { callbackSchemes } = pipeline.snapshot().config.signIn
  const callback = callbackIn(text, callbackSchemes)
  return {
    path,
    callback,
    terms: [
      ["Key", nameOf(callback)],
      ["May", "call models, without a limit of its own"],
      ["Is sent to", `${callback.protocol}//${callback.host}${callback.pathname}`],
    ],
    fields: { callback_url: text },
  }
}

function callbackIn(text: string, schemes: readonly string[]): URL {
  try {
    return readCallback(text, isListedCallback(schemes))
  } catch (cause) {
    throw new GatewayError(
      "invalid_request",
      `"callback_url" is no address that a key is sent to. "sign_in.callback_schemes" of the configuration has ${schemes.join(", ")}.`,
      { param: "callback_url", cause },
    )
  }
}

async function decide(services: HttpServices, request: Request): Promise<Response> {
  const form = await readForm(services, request)
  const consent = consentFor(services, form)
  const { callback } = consent
  try {
    const authorized = decider(services, request, form, services.newRequestId())
    const { token } = await makeKey(keyRoom(services), authorized, { name: nameOf(callback), kind: "inference" })
    // Clients of Requesty's own address would otherwise go on calling that one.
    return sendBack(callback, { code: token, baseUrl: `${addressOf(services, request)}/v1` })
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
    return consentPage(services, request, consent, thrown)
  }
}

/** Extensions as people know them, by the name under which editors open them. */
const extensions: Readonly<Record<string, string>> = {
  "rooveterinaryinc.roo-cline": "Roo Code",
  "rooveterinaryinc.roo-code-nightly": "Roo Code Nightly",
  "saoudrizwan.claude-dev": "Cline",
  "kilocode.kilo-code": "Kilo Code",
}

/** What the key is called: after the program that asks. */
function nameOf(callback: URL): string {
  const shown = shownCallback(callback)
  const extension = Object.hasOwn(extensions, callback.host.toLowerCase())
    ? extensions[callback.host.toLowerCase()]
    : undefined
  return extension === undefined ? shown : `${extension} (${callback.protocol.replace(/:$/, "")})`
}

/** These are pages for people: so is what went wrong. */
async function inWords(services: HttpServices, work: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (thrown) {
    const error = asGatewayError(thrown)
    if (error.code === "internal") services.pipeline.log.error(error.detail ?? error.message)
    return messagePage(error.rule.status, "No key was given", error.message)
  }
}
