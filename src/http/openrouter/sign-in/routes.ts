import { Elysia } from "elysia"
import { stateProblem } from "../../../accounts/key-problems.ts"
import { checkNewKey, makeKey } from "../../../accounts/managed-keys.ts"
import { refusedCode } from "../../../accounts/sign-in-codes.ts"
import { asGatewayError, GatewayError, type JsonObject } from "../../../contract/index.ts"
import { openrouterFace } from "../../../dialects/faces/index.ts"
import { answer } from "../../answer.ts"
import { documented } from "../../documented.ts"
import { queryOf } from "../../fields/query.ts"
import { keyRoom } from "../../key-room.ts"
import { managed, readObject } from "../../managed.ts"
import { type Authorized, authorized } from "../../rights/authorize.ts"
import type { HttpServices } from "../../services.ts"
import { timeText } from "../../shown.ts"
import { type Consent, consentPage, decider, messagePage, readForm, sendBack } from "../../sign-in/consent.ts"
import { fieldNames, projectNamed } from "../keys/body.ts"
import {
  answersChallenge,
  formFields,
  grantOf,
  keyOf,
  readSignIn,
  readSignInForm,
  type SignIn,
  termsOf,
  wrongMethod,
} from "./asked.ts"

const detail = documented("OpenRouter")

const page = "/auth"

/** Keys that applications ask for, after RFC 7636: a page where somebody allows it, a code, a key for the code (openrouter.ai/docs, oauth). */
export const openrouterSignIn = (services: HttpServices) => {
  return new Elysia({ name: "openrouter sign-in" })
    .get(
      page,
      ({ request }) => {
        const asked = queryOf(request)
        return answer(services, openrouterFace, () =>
          withSignIn(asked, (signIn) => consentPage(services, request, consentOf(signIn, asked))),
        )
      },
      detail("The page where somebody allows an application to have a key"),
    )
    .post(
      page,
      ({ request }) => answer(services, openrouterFace, (requestId) => decide(services, request, requestId)),
      detail("What was decided on that page"),
    )
    .post(
      "/api/v1/auth/keys/code",
      // With an inference key somebody could make keys without the limit that he has, so it takes a management key.
      ({ request }) =>
        managed(services, request, "POST /api/v1/auth/keys/code", async (by) => {
          const signIn = readSignIn(by.body)
          if (signIn.callback === undefined)
            throw new GatewayError("invalid_request", '"callback_url" is missing.', { param: "callback_url" })
          const { code, createdAtMs } = await issue(services, by, signIn)
          const appId = Bun.hash.crc32(signIn.callback.origin)
          return { data: { id: code, app_id: appId, created_at: timeText(createdAtMs) } }
        }),
      detail("A code for a key, without the page; exchanged within ten minutes"),
    )
    .post(
      "/api/v1/auth/keys",
      ({ request }) => answer(services, openrouterFace, (requestId) => exchange(services, request, requestId)),
      detail("A key for a code"),
    )
}

const consentOf = (signIn: SignIn, asked: URLSearchParams): Consent => ({
  path: page,
  callback: signIn.callback,
  terms: termsOf(signIn),
  fields: formFields(asked),
})

/** What is wrong with what an application asks for is told to the person; a browser is never sent to where it says. */
async function withSignIn(
  asked: URLSearchParams,
  work: (signIn: SignIn) => Response | Promise<Response>,
): Promise<Response> {
  try {
    return await work(readSignInForm(asked))
  } catch (thrown) {
    const error = asGatewayError(thrown)
    if (error.code === "internal") throw error
    return messagePage(error.rule.status, "This application asks for something that cannot be", error.message)
  }
}

async function decide(services: HttpServices, request: Request, requestId: string): Promise<Response> {
  const form = await readForm(services, request)
  return withSignIn(form, async (signIn) => {
    try {
      const by = decider(services, request, form, requestId)
      const { code } = await issue(services, by, signIn)
      if (signIn.callback) return sendBack(signIn.callback, { code })
      return messagePage(200, "Allowed", "Give this code to the application within ten minutes. It works once.", code)
    } catch (thrown) {
      const error = asGatewayError(thrown)
      if (error.code === "internal") throw error
      return consentPage(services, request, consentOf(signIn, form), error)
    }
  })
}

/** Whatever would keep the key from being made is told to whoever allows it, and not to the application afterwards. */
function issue(services: HttpServices, by: Authorized, signIn: SignIn) {
  const { workspace } = signIn
  const projectId = workspace === undefined ? undefined : projectNamed(services.directory, workspace)
  const grant = grantOf(signIn, by.by.keyId, projectId)
  checkNewKey(keyRoom(services), by, keyOf(grant), fieldNames)
  return services.signInCodes.issue(grant, by.actor)
}

interface Exchange {
  readonly code: string
  readonly verifier?: string
  readonly method?: string
}

/** Applications send what they like beside; it means nothing. */
function readExchange(body: JsonObject): Exchange {
  const { code, code_verifier: verifier, code_challenge_method: method } = body
  if (typeof code !== "string" || code === "")
    throw new GatewayError("invalid_request", '"code" must be the code that the application was given.', {
      param: "code",
    })
  if (method != null && method !== "S256" && method !== "plain") throw wrongMethod()
  if (verifier != null && typeof verifier !== "string")
    throw new GatewayError("invalid_request", '"code_verifier" must be a string.', { param: "code_verifier" })
  return { code, ...(verifier == null ? {} : { verifier }), ...(method == null ? {} : { method }) }
}

async function exchange(services: HttpServices, request: Request, requestId: string) {
  const { code, verifier, method } = readExchange(await readObject(services, request))
  return services.signInCodes.redeem(code, async (grant, beside) => {
    if (method !== undefined && grant.challenge && method !== grant.challenge.method) throw wrongMethod()
    if (!answersChallenge(grant.challenge, verifier)) throw refusedCode()
    const by = stillAllowed(services, request, grant.managerKeyId, requestId)
    const { token, principal } = await makeKey(keyRoom(services), by, keyOf(grant), fieldNames, beside)
    const owner = principal.details?.owner
    return { key: token, user_id: owner?.kind === "member" ? owner.id : null }
  })
}

/** Who allowed it may have lost the right meanwhile. */
function stillAllowed(services: HttpServices, request: Request, managerKeyId: string, requestId: string): Authorized {
  const manager = services.keys.get(managerKeyId)
  try {
    if (manager === undefined || stateProblem(manager, services.pipeline.now())) throw refusedCode()
    return authorized(services, request, manager, "keys:write", requestId)
  } catch (cause) {
    throw new GatewayError("forbidden", "Whoever allowed this may make no keys any more.", { cause })
  }
}
