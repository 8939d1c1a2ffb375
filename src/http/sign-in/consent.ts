import { GatewayError } from "../../contract/index.ts"
import { authenticateToken } from "../auth.ts"
import { readBody } from "../body.ts"
import { escapeHtml, htmlPage } from "../docs/html.ts"
import { type Authorized, authorized } from "../rights/authorize.ts"
import type { HttpServices } from "../services.ts"
import { formTarget, shownCallback, withParameters } from "./callbacks.ts"

/**
 * What an application asks a person for. The route shows it with `consentPage` at GET, and gets the decision with `readForm` and `decider`
 * at POST, both at `path`. People have no accounts yet, so whoever allows it types in a management key, which is used once and kept nowhere.
 */
export interface Consent {
  /** Address of the form, for example `/auth`. */
  readonly path: string
  /** Where the browser goes afterwards, checked by `readCallback`; undefined: what comes of it is shown on a page. */
  readonly callback: URL | undefined
  /** What is asked for, as names and values for people: label of the key, limit, expiry. */
  readonly terms: readonly (readonly [name: string, value: string])[]
  /** The parameters that it was asked with, which the form sends along, so that POST can read them again. No secrets. */
  readonly fields: Readonly<Record<string, string>>
}

const cookieName = "signalbox-consent"
const tokenField = "consent_token"
const keyField = "management_key"
/** What a page of this size cannot hold, no person has typed. */
const bodyLimits = { bytes: 64 * 1024, milliseconds: 10_000 }

/**
 * The page that asks. It is text and a form: nothing is fetched, run or framed, and the form goes nowhere but here and on to the callback.
 * `problem` is why the last try was refused.
 */
export function consentPage(
  { pipeline }: Pick<HttpServices, "pipeline">,
  request: Request,
  consent: Consent,
  problem?: GatewayError,
): Response {
  // One for all pages of a browser, so that two open ones do not undo each other.
  const token = tokenOf(request) ?? pipeline.newToken() + pipeline.newToken()
  const secure = isSecure(request) ? "; Secure" : ""
  const response = page(
    problem === undefined ? 200 : problem.rule.status,
    "Give an application a key?",
    formOf(consent, token, problem),
    consent.callback,
  )
  response.headers.set("set-cookie", `${cookieName}=${token}; Path=${consent.path}; HttpOnly; SameSite=Strict${secure}`)
  return response
}

/** What a page sent back: the consent's `fields`, to be checked like any input, and what `decider` wants. */
export async function readForm(services: Pick<HttpServices, "pipeline">, request: Request): Promise<URLSearchParams> {
  return new URLSearchParams(await readBody(request, bodyLimits, services.pipeline.deadlines))
}

/**
 * Who allows it, once it is certain that the page was ours and the key may make keys (`keys:write`). Throws the refusal, which belongs on
 * the page again.
 */
export function decider(
  services: HttpServices,
  request: Request,
  form: URLSearchParams,
  requestId: string,
): Authorized {
  const site = request.headers.get("sec-fetch-site")
  const isOurs = site === null || site === "same-origin" || site === "none"
  const token = tokenOf(request)
  if (!isOurs || token === undefined || form.get(tokenField) !== token)
    throw new GatewayError("forbidden", "This form did not come from this gateway's own page. Try it once more.")
  const by = authenticateToken(services.keys, form.get(keyField)?.trim(), "any")
  return authorized(services, request, by, "keys:write", requestId)
}

/** Sends the browser on. */
export const sendBack = (callback: URL, parameters: Readonly<Record<string, string>>): Response =>
  new Response(null, {
    status: 303,
    headers: { ...secretive, location: withParameters(callback, parameters) },
  })

/** A page that tells something: what came of it, or why nothing did. `text` is plain; `secret` stands alone, for copying. */
export const messagePage = (status: number, title: string, text: string, secret?: string): Response =>
  page(
    status,
    title,
    `<p>${escapeHtml(text)}</p>${secret === undefined ? "" : `<pre><code>${escapeHtml(secret)}</code></pre>`}`,
  )

/** Nothing of these pages is kept by anybody, and nobody behind them learns their address. */
const secretive = { "cache-control": "no-store", "referrer-policy": "no-referrer" } as const

function page(status: number, title: string, body: string, target?: URL): Response {
  const forms = target === undefined ? "'self'" : `'self' ${formTarget(target)}`
  return new Response(htmlPage(title, body), {
    status,
    headers: {
      ...secretive,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; style-src 'unsafe-inline'; form-action ${forms}; frame-ancestors 'none'; base-uri 'none'`,
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
    },
  })
}

function formOf({ path, callback, terms, fields }: Consent, token: string, problem: GatewayError | undefined): string {
  const rows = terms.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`)
  const hidden = Object.entries({ ...fields, [tokenField]: token }).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  )
  const who =
    callback === undefined
      ? "An application without an address of its own asks for an inference key. You will be shown a code to give it."
      : `<strong>${escapeHtml(shownCallback(callback))}</strong> asks for an inference key of this gateway.`
  const cancel =
    callback === undefined
      ? ""
      : ` <a href="${escapeHtml(withParameters(callback, { error: "access_denied" }))}" rel="noreferrer">Refuse</a>`
  return `${problem === undefined ? "" : `<p role="alert"><strong>${escapeHtml(problem.message)}</strong></p>`}
<p>${who} Whoever has the key spends this gateway's money, within the limits below. Allow it only if you began this yourself.</p>
<table>${rows.join("")}</table>
<form method="post" action="${escapeHtml(path)}" autocomplete="off">${hidden.join("")}
<p><label>Management key that allows it (used once, and not kept)<br>
<input type="password" name="${keyField}" required autocomplete="off" size="60"></label></p>
<p><button type="submit">Allow</button>${cancel}</p></form>`
}

function tokenOf(request: Request): string | undefined {
  const cookies = request.headers.get("cookie") ?? ""
  const found = cookies.split(/;\s*/).find((one) => one.startsWith(`${cookieName}=`))
  const token = found?.slice(cookieName.length + 1)
  return token !== undefined && /^[A-Za-z0-9_-]{32,64}$/.test(token) ? token : undefined
}

/** Behind a proxy that ends TLS the address itself is plain. */
const isSecure = (request: Request): boolean =>
  request.url.startsWith("https:") || request.headers.get("x-forwarded-proto") === "https"
