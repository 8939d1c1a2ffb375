import type { Modality, ModelFacts, Traits } from "../../contract/offer.ts"

/** The first line of a table. */
interface Head {
  /** Kinds of provider that it is about. */
  readonly vendors: readonly string[]
  /** Where the facts are from. */
  readonly source: string
  /** Request parameters, in OpenRouter's words: those that every conversation takes, and those that depend on what the model can do. */
  readonly parameters?: Partial<
    Readonly<Record<"all" | "sampling" | "tools" | "schema" | "reasoning", readonly string[]>>
  >
}

/** A line of a table: facts, with what can be worked out left out. */
interface Row extends Omit<ModelFacts, "traits" | "created" | "parameters" | "sources"> {
  /** Day of release. */
  readonly released?: string
  /** What a model that converses can do: `tools`, `schema` (follows one), `reasoning`. */
  readonly can?: readonly string[]
  /** It takes no sampling parameters. */
  readonly fixed?: boolean
  /** Where this line is from, if not from where the table is. */
  readonly source?: string
}

/** A table of our own: JSON, a line a model, which stays text until somebody asks for one of its vendors. */
export class Table {
  readonly vendors: readonly string[]
  readonly #head: Head
  readonly #lines: readonly string[]
  #rows: ReadonlyMap<string, ModelFacts> | undefined

  constructor(text: string) {
    const [first = "", ...lines] = text.trimEnd().split("\n")
    this.#head = JSON.parse(first) as Head
    this.#lines = lines
    this.vendors = this.#head.vendors
  }

  get rows(): ReadonlyMap<string, ModelFacts> {
    this.#rows ??= new Map(
      this.#lines.map((line) => {
        const facts = factsOf(JSON.parse(line) as Row, this.#head)
        return [facts.upstream, facts]
      }),
    )
    return this.#rows
  }
}

const textOnly: readonly Modality[] = ["text"]

function factsOf(row: Row, head: Head): ModelFacts {
  const { released, can, fixed, source: _, ...facts } = row
  const converses = facts.kind === undefined || facts.kind === "chat"
  const { input = converses ? textOnly : undefined, output = converses ? textOnly : undefined } = facts
  const traits = can && traitsOf(can, facts, input, output)
  const parameters = can && head.parameters && parametersOf(can, fixed === true, head.parameters)
  return {
    ...facts,
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(traits === undefined ? {} : { traits }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(released === undefined ? {} : { created: Date.parse(released) / 1000 }),
  }
}

/** That a model does not read PDF is never written: tables of models leave it out even where it does. */
const traitsOf = (
  can: readonly string[],
  { price }: Row,
  input: readonly Modality[] = textOnly,
  output: readonly Modality[] = textOnly,
): Traits => ({
  tools: can.includes("tools"),
  reasoning: can.includes("reasoning"),
  ...(can.includes("schema") ? { structuredOutput: true } : {}),
  vision: input.includes("image"),
  audio: input.includes("audio"),
  ...(input.includes("file") ? { pdf: true } : {}),
  ...(output.includes("image") ? { imageOutput: true } : {}),
  ...(price?.cacheRead === undefined ? {} : { promptCache: true }),
})

const parametersOf = (
  can: readonly string[],
  fixed: boolean,
  { all = [], sampling = [], tools = [], schema = [], reasoning = [] }: NonNullable<Head["parameters"]>,
): readonly string[] => [
  ...all,
  ...(fixed ? [] : sampling),
  ...(can.includes("tools") ? tools : []),
  ...(can.includes("schema") ? schema : []),
  ...(can.includes("reasoning") ? reasoning : []),
]
