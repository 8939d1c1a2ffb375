import { modalityOf } from "../../accounts/directory/access-lists.ts"
import type { AccessChoice } from "../../accounts/standing/types.ts"
import { type AbilityName, GatewayError } from "../../contract/index.ts"
import type { LiveOffer, Snapshot, Standing } from "../services.ts"
import { type Approval, isOpen, judgeOf, type Verdict } from "./approval.ts"
import { approvalName, readDeclaredApproval } from "./declared-approval.ts"
import { type Matcher, matcherOf } from "./patterns.ts"

/** Which list says no. */
export interface Denial {
  readonly constraint: "key_models" | "approved_models" | "access_list"
  readonly detail: string
}

/** What was read of a snapshot's lists; one per snapshot, and in it one per list that somebody has. */
class Access {
  readonly #snapshot: Snapshot
  readonly #judge: (offer: LiveOffer) => Verdict
  readonly #verdicts = new WeakMap<LiveOffer, Verdict>()
  readonly #lists = new WeakMap<readonly string[], ReadList>()
  /** Everything is approved. */
  readonly open: boolean

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
    const { file, declared } = approvalOf(snapshot)
    this.open = isOpen({ file, declared })
    this.#judge = judgeOf({ file: file && { ...file, models: expanded(snapshot, file.models) }, declared })
  }

  verdict(offer: LiveOffer): Verdict {
    let verdict = this.#verdicts.get(offer)
    if (verdict === undefined) {
      verdict = this.#judge(offer)
      this.#verdicts.set(offer, verdict)
    }
    return verdict
  }

  /** Lists live longer than a request: each is read once. */
  isListed(names: readonly string[], offer: LiveOffer): boolean {
    let list = this.#lists.get(names)
    if (list === undefined) {
      list = new ReadList(matcherOf(expanded(this.#snapshot, names)))
      this.#lists.set(names, list)
    }
    return list.has(offer)
  }
}

class ReadList {
  readonly #matches: Matcher
  readonly #known = new WeakMap<LiveOffer, boolean>()

  constructor(matches: Matcher) {
    this.#matches = matches
  }

  has(offer: LiveOffer): boolean {
    let known = this.#known.get(offer)
    if (known === undefined) {
      known = this.#matches(offer)
      this.#known.set(offer, known)
    }
    return known
  }
}

const accesses = new WeakMap<Snapshot, Access>()

function accessOf(snapshot: Snapshot): Access {
  let access = accesses.get(snapshot)
  if (access === undefined) {
    access = new Access(snapshot)
    accesses.set(snapshot, access)
  }
  return access
}

/** What holds of approved models in a snapshot. */
export const approvalOf = ({ config, declared }: Snapshot): Approval => ({
  file: config.approvedModels.fromFile ? config.approvedModels : undefined,
  declared: readDeclaredApproval(declared.approvals[approvalName]),
})

/** Why the organisation approves an offer, or does not. */
export const verdictOn = (snapshot: Snapshot, offer: LiveOffer): Verdict => accessOf(snapshot).verdict(offer)

/** Whether an offer goes by one of these names and patterns; aliases and policies stand for what they lead to. */
export const isListed = (snapshot: Snapshot, names: readonly string[], offer: LiveOffer): boolean =>
  accessOf(snapshot).isListed(names, offer)

/**
 * Whether who asks may use an offer: the organisation approves it, it is among the key's own models, where it has a list of those, and in
 * the access lists that count for it, by what is asked for. Costs three field checks where there is no list, otherwise a look-up each.
 * Without a standing, the organisation's word.
 */
export function isAllowed(
  snapshot: Snapshot,
  standing: Pick<Standing, "principal" | "access"> | undefined,
  offer: LiveOffer,
  ability?: AbilityName,
): true | Denial {
  const access = accessOf(snapshot)
  if (!access.open && !access.verdict(offer).approved)
    return { constraint: "approved_models", detail: "not among the approved models" }
  if (standing === undefined) return true
  const models = standing.principal.routing?.models
  if (models !== undefined && !access.isListed(models, offer))
    return { constraint: "key_models", detail: `not among the key's models (${listed(models)})` }
  return standing.access ? inLists(access, standing.access, offer, ability) : true
}

function inLists(access: Access, { of, lists }: AccessChoice, offer: LiveOffer, ability?: AbilityName): true | Denial {
  const modality = modalityOf(ability ?? offer.kind)
  if (lists.some((list) => access.isListed(list[modality], offer))) return true
  const names = lists.map(({ name }) => `"${name}"`).join(", ")
  return {
    constraint: "access_list",
    detail: `not among the ${modality} models of the access ${lists.length === 1 ? "list" : "lists"} ${names} of ${owners[of]}`,
  }
}

const owners: Readonly<Record<AccessChoice["of"], string>> = {
  key: "the key",
  group: "groups without one of their own",
  groups: "its groups",
  organisation: "the organisation",
}

/** Longer lists would drown what the message is about. */
const shownNames = 5

const listed = (names: readonly string[]): string =>
  names.length === 0
    ? "none"
    : names.length > shownNames
      ? `${names.slice(0, shownNames).join(", ")} and ${names.length - shownNames} more`
      : names.join(", ")

/** The refusal where a list left nothing of what was asked for; the words in front are Requesty's, which its clients know. */
export const notAllowed = (model: string, { constraint, detail }: Denial): GatewayError =>
  new GatewayError(
    "model_not_allowed",
    `Provider blocked by policy: no endpoint of "${model}" is on the allowed list; it is ${detail}. ${
      constraint !== "approved_models"
        ? "GET /models lists what this key may use."
        : "Who runs the gateway can approve it."
    }`,
    { param: "model" },
  )

/** Another spelling of an author's model; a model at one provider (`azure/gpt-5`) is less than the model everywhere. */
const isSameMeant = (name: string, canonical: string): boolean => {
  const slash = name.indexOf("/")
  return slash < 0 || canonical.startsWith(name.slice(0, slash + 1).toLowerCase())
}

/** The name under which a list keeps a model, whatever it is called by; patterns and declared names stay as they are. */
export function canonicalName({ catalog }: Snapshot, name: string): string {
  if (name.includes("*") || Object.hasOwn(catalog.aliases, name) || Object.hasOwn(catalog.policies, name)) return name
  const canonical = catalog.canonical(name)
  return canonical !== undefined && isSameMeant(name, canonical) ? canonical : name
}

/** An alias or a policy in a list stands for the models that it leads to. */
function expanded(snapshot: Snapshot, names: readonly string[]): readonly string[] {
  const { catalog } = snapshot
  const { aliases, policies } = catalog
  const out = new Set<string>()
  const add = (name: string): void => {
    if (out.has(name)) return
    out.add(name)
    const canonical = name.includes("*") ? undefined : catalog.canonical(name)
    if (canonical !== undefined && isSameMeant(name, canonical)) out.add(canonical)
    if (Object.hasOwn(aliases, name)) add(aliases[name]!)
    if (Object.hasOwn(policies, name)) for (const step of policies[name]!.steps) add(step.model)
  }
  for (const name of names) add(name)
  return [...out]
}
