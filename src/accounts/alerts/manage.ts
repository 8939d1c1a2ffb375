import type { Config } from "../../config/config.ts"
import { GatewayError } from "../../contract/index.ts"
import { postProblem } from "../../egress/guarded-post.ts"
import { defaultProject } from "../../store/account-ids.ts"
import type { Actor } from "../audit/audit.ts"
import type { Directory } from "../directory/directory.ts"
import type { AlertDestination, AlertRule } from "../directory/types.ts"
import type { Seal } from "../seal.ts"
import { destinationsOf, hasThreshold, rulesOf, usualPercents } from "./book.ts"
import { secretPurpose, urlPurpose } from "./opened.ts"

export interface AlertDesk {
  readonly directory: Directory
  readonly config: () => Config
  readonly seal: Pick<Seal, "seal">
  /** Whether there is a key with this id. */
  readonly hasKey: (keyId: string) => boolean
  readonly hasNotifier: (name: string) => boolean
  readonly newId: () => string
}

/** What may change of a rule. Null clears. */
export type RuleChange = {
  readonly [Field in keyof AlertRule]?: AlertRule[Field] | null
}

export interface DestinationChange {
  readonly name?: string
  readonly notifier?: string
  readonly url?: string
  /** Null: nothing is signed any more. */
  readonly secret?: string | null
}

/** Gives the id. */
export async function addRule(desk: AlertDesk, fields: RuleChange, by: Actor): Promise<string> {
  const id = desk.newId()
  await desk.directory.change(by, () => ({ steps: [{ kind: "alert", id, body: checkedRule(desk, id, fields) }] }))
  return id
}

export async function changeRule(desk: AlertDesk, id: string, fields: RuleChange, by: Actor): Promise<void> {
  refuseOfFile(rulesOf(desk.config(), desk.directory), id)
  await desk.directory.change(by, () => {
    const before = desk.directory.get("alert", id)
    if (!before) throw new GatewayError("not_found", "There is no such alert.")
    return { steps: [{ kind: "alert", id, body: checkedRule(desk, id, { ...before.body, ...fields }) }] }
  })
}

export async function removeRule(desk: AlertDesk, id: string, by: Actor): Promise<void> {
  refuseOfFile(rulesOf(desk.config(), desk.directory), id)
  await desk.directory.change(by, () => {
    if (!desk.directory.get("alert", id)) throw new GatewayError("not_found", "There is no such alert.")
    return { steps: [{ kind: "alert", id }] }
  })
}

export async function addDestination(desk: AlertDesk, fields: DestinationChange, by: Actor): Promise<string> {
  const id = desk.newId()
  const { name, notifier, url } = fields
  if (name === undefined) throw wrong("name", "there: a name for people")
  if (notifier === undefined) throw wrong("notifier", "there: slack, teams, webhook, or a plugin's")
  if (url === undefined) throw wrong("url", "there: the address that messages are sent to")
  const sealed = await sealedFields(desk, id, fields)
  await desk.directory.change(by, () => {
    const body = { name, notifier, ...sealed.set } as AlertDestination
    checkDestination(desk, id, body)
    return { steps: [{ kind: "alert-destination", id, body }] }
  })
  return id
}

export async function changeDestination(
  desk: AlertDesk,
  id: string,
  fields: DestinationChange,
  by: Actor,
): Promise<void> {
  refuseOfFile(destinationsOf(desk.config(), desk.directory), id)
  const { name, notifier } = fields
  const sealed = await sealedFields(desk, id, fields)
  await desk.directory.change(by, () => {
    const before = desk.directory.get("alert-destination", id)
    if (!before) throw new GatewayError("not_found", "There is no such alert destination.")
    const { sealedSecret, ...rest } = before.body
    const body: AlertDestination = {
      ...rest,
      ...(sealedSecret === undefined || sealed.clearsSecret ? {} : { sealedSecret }),
      ...(name === undefined ? {} : { name }),
      ...(notifier === undefined ? {} : { notifier }),
      ...sealed.set,
    }
    checkDestination(desk, id, body)
    return { steps: [{ kind: "alert-destination", id, body }] }
  })
}

export async function removeDestination(desk: AlertDesk, id: string, by: Actor): Promise<void> {
  refuseOfFile(destinationsOf(desk.config(), desk.directory), id)
  await desk.directory.change(by, () => {
    if (!desk.directory.get("alert-destination", id))
      throw new GatewayError("not_found", "There is no such alert destination.")
    const users = rulesOf(desk.config(), desk.directory).filter(({ destinationIds }) => destinationIds.includes(id))
    if (users.length > 0)
      throw new GatewayError(
        "conflict",
        `Alerts still go there: ${users.map(({ name }) => `"${name}"`).join(", ")}. Change or delete them first.`,
      )
    return { steps: [{ kind: "alert-destination", id }] }
  })
}

const wrong = (param: string, want: string) =>
  new GatewayError("invalid_request", `"${param}" must be ${want}.`, { param })

function refuseOfFile(
  all: readonly { readonly id: string; readonly source: string; readonly name: string }[],
  id: string,
) {
  const found = all.find((one) => one.id === id)
  if (found?.source === "file")
    throw new GatewayError("conflict", `"${found.name}" belongs to the configuration file. Change it there.`)
}

/** Sealed before the change: its plan may not wait. */
async function sealedFields({ seal }: AlertDesk, id: string, { url, secret }: DestinationChange) {
  const problem = url === undefined ? undefined : postProblem(url)
  if (problem !== undefined) throw wrong("url", problem)
  return {
    clearsSecret: secret === null,
    set: {
      ...(url === undefined ? {} : { host: new URL(url).host, sealedUrl: await seal.seal(url, urlPurpose(id)) }),
      ...(secret === undefined || secret === null ? {} : { sealedSecret: await seal.seal(secret, secretPurpose(id)) }),
    } satisfies Partial<AlertDestination>,
  }
}

function checkDestination(
  { config, directory, hasNotifier }: AlertDesk,
  id: string,
  { name, notifier }: AlertDestination,
) {
  if (destinationsOf(config(), directory).some((one) => one.name === name && one.id !== id))
    throw new GatewayError("conflict", `Another destination is named "${name}".`)
  if (!hasNotifier(notifier))
    throw wrong("notifier", "the name of a notifier that runs: slack, teams, webhook, or a plugin's")
}

const subjects = ["key", "member", "group", "service-account", "project", "organisation"] as const

/** The whole rule, without what is null; throws what is wrong with it. */
function checkedRule(desk: AlertDesk, id: string, fields: RuleChange): AlertRule {
  const body = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<AlertRule>
  const { name, on, targetId, balanceNanos, destinationIds = [] } = body
  const { config, directory } = desk
  if (name === undefined) throw wrong("name", "there: a name for people")
  if (on === undefined) throw wrong("on", `one of ${subjects.join(", ")}`)
  if (rulesOf(config(), directory).some((rule) => rule.name === name && rule.id !== id))
    throw new GatewayError("conflict", `Another alert is named "${name}".`)
  if (balanceNanos && on !== "organisation")
    throw wrong("balance_usd", "left out: only the organisation has a balance. Set on to organisation")
  checkTarget(desk, on, targetId)
  const known = new Set(destinationsOf(config(), directory).map((one) => one.id))
  for (const [index, one] of destinationIds.entries())
    if (!known.has(one)) throw wrong(`destinations[${index}]`, "the id of an alert destination")
  const usual = on === "organisation" && config().organisation.credits === "prepaid" ? {} : { percents: usualPercents }
  const whole = { ...body, name, on, destinationIds, ...(hasThreshold(body) ? {} : usual) }
  if (!hasThreshold(whole)) throw wrong("percents", "there, or usd, or balance_usd: thresholds to tell of")
  return whole
}

function checkTarget({ directory, hasKey }: AlertDesk, on: AlertRule["on"], targetId: string | undefined): void {
  if (targetId === undefined) return
  if (on === "organisation") throw wrong("target", "left out: there is one organisation")
  const isThere =
    on === "key"
      ? hasKey(targetId)
      : (on === "project" && targetId === defaultProject) || directory.get(on, targetId) !== undefined
  if (!isThere) throw wrong("target", `the id of a ${on.replace("-", " ")}`)
}
