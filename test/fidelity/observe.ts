import { clients, hear } from "../kit/clients/all.ts"
import type { Ask, Client, Said } from "../kit/clients/client.ts"
import type { Family } from "../kit/families/family.ts"
import type { FamilyRig } from "../kit/families/rig.ts"
import type { TestGateway } from "../kit/gateway.ts"
import { askFor, type Feature, features, type Seen, toolResult } from "./features.ts"

/** What became of a feature between a client and an upstream, seen from both ends. */
export type Outcome =
  | { readonly kind: "native" | "translated" }
  /** It arrived in another form, or without its edges. */
  | { readonly kind: "approximated"; readonly codes: readonly string[] }
  /** It did not arrive, and the loss report says so. */
  | { readonly kind: "lost"; readonly codes: readonly string[] }
  | { readonly kind: "refused"; readonly codes: readonly string[] }
  /** Not in the matrix: the format or the fake has no words for it. */
  | { readonly kind: "none"; readonly why: string }
  /** Lost, and nobody was told. */
  | { readonly kind: "silent"; readonly what: string }

export interface Cell {
  readonly feature: string
  readonly client: string
  readonly family: string
  readonly whole: Outcome
  readonly streamed: Outcome
}

interface Generation {
  readonly error_code: string | null
  readonly attempts: readonly { readonly lane: string }[]
  readonly losses: readonly { readonly code: string }[]
}

async function generation(gateway: TestGateway, headers: Headers): Promise<Generation> {
  const found = await gateway.get(`/api/v1/generation?id=${headers.get("x-generation-id")}`)
  return ((await found.json()) as { readonly data: Generation }).data
}

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)].toSorted()

/** The conversation of a feature: tools are answered, and words are followed by the first ones again. */
async function converse(gateway: TestGateway, client: Client, ask: Ask, rounds: number) {
  const said: Said[] = []
  const codes: string[] = []
  const lanes: string[] = []
  const turns: { readonly said: Said; readonly result: string }[] = []
  for (let round = 0; round <= rounds; round++) {
    const heard = await hear(gateway, client, { ...ask, turns })
    const { losses, attempts, error_code } = await generation(gateway, heard.headers)
    codes.push(...losses.map(({ code }) => code))
    if (!heard.said || heard.said.error !== undefined) return { refused: [error_code ?? "unknown"], said, codes, lanes }
    lanes.push(attempts.at(-1)?.lane ?? "none")
    said.push(heard.said)
    turns.push({ said: heard.said, result: heard.said.calls.length > 0 ? toolResult : ask.text })
  }
  return { refused: undefined, said, codes, lanes }
}

async function observe(
  gateway: TestGateway,
  client: Client,
  family: Family,
  feature: Feature,
  stream: boolean,
): Promise<Outcome> {
  const wordless = feature.wordless?.(client)
  if (wordless !== undefined) return { kind: "none", why: wordless }
  const words = family.words[feature.scenario]
  if (typeof words !== "string") return { kind: "none", why: words.skip }
  const ask = askFor(feature, family, stream)
  const before = family.bodies(ask.model).length
  const { refused, said, codes, lanes } = await converse(gateway, client, ask, feature.rounds ?? 0)
  if (refused) return { kind: "refused", codes: refused }
  const bodies = family
    .bodies(ask.model)
    .slice(before)
    .map((body) => JSON.stringify(body))
  const seen: Seen = { said, bodies, client, family }
  const missing = feature.missing(seen)
  if (codes.length > 0) return { kind: missing === undefined ? "approximated" : "lost", codes: unique(codes) }
  if (missing !== undefined) return { kind: "silent", what: missing }
  return { kind: lanes.every((lane) => lane === "native") ? "native" : "translated" }
}

/** Every feature between every client and every upstream, streamed and not. */
export async function observeAll({ gateway, families }: FamilyRig): Promise<readonly Cell[]> {
  const cells: Cell[] = []
  for (const feature of features)
    for (const client of clients)
      for (const family of families) {
        const [whole, streamed] = [
          await observe(gateway, client, family, feature, false),
          await observe(gateway, client, family, feature, true),
        ]
        cells.push({ feature: feature.name, client: client.name, family: family.name, whole, streamed })
      }
  return cells
}
