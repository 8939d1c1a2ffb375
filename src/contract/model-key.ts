/**
 * What the spellings of one name have in common: `anthropic/claude-sonnet-4.5` and `anthropic/claude-sonnet-4-5`, `Qwen2.5-7B` and
 * `qwen-2.5-7b`. Case, dots, underscores and dashes between a word and its number tell nothing; every letter and every digit does, so
 * that two models never share a key because of it. Names with the same key are the same name, not merely the same model: what else a
 * model is called is known to `facts/`.
 */
export const modelKey = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[._\s-]+/g, "-")
    // `llama3-1`, `llama-3-1`: a number that begins a version, not the `b` behind a size or the `o` of `4o`.
    .replace(/([a-z])(?=\d)/g, "$1-")

/** Who made a model, as the part of its name before the slash tells, in lower case; without one, the name itself. */
export const authorIn = (name: string): string => {
  const slash = name.indexOf("/")
  return (slash < 0 ? name : name.slice(0, slash)).toLowerCase()
}

/** The part of a name behind its author. */
export const withoutAuthor = (name: string): string => name.slice(name.indexOf("/") + 1)
