import { GatewayError } from "../../contract/index.ts"
import { wrong } from "./fields.ts"

/** Not by `URL`: it throws for a host that the runtime lets pass. */
export function queryOf({ url }: Request): URLSearchParams {
  const question = url.indexOf("?")
  return new URLSearchParams(question < 0 ? "" : url.slice(question + 1))
}

/** A parameter that is spelled wrongly would choose everything. */
export function refuseOthers(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys())
    if (!known.includes(name))
      throw new GatewayError(
        "invalid_request",
        `There is no parameter "${name.slice(0, 100)}". Parameters: ${known.join(", ")}.`,
        { param: name.slice(0, 100) },
      )
}

/** Fields of a query, read with words that say what was wrong. */
export class QueryReader {
  readonly #query: URLSearchParams

  constructor(query: URLSearchParams) {
    this.#query = query
  }

  text(name: string): string | undefined {
    const value = this.#query.get(name)?.trim()
    return value === undefined || value === "" ? undefined : value
  }

  /** Comma-separated, in lower case. */
  words(name: string): readonly string[] | undefined {
    const words = this.text(name)
      ?.split(",")
      .map((word) => word.trim().toLowerCase())
      .filter((word) => word !== "")
    return words === undefined || words.length === 0 ? undefined : words
  }

  integer(name: string, least: number, most: number): number | undefined {
    const number = this.number(name)
    if (number === undefined) return undefined
    if (Number.isInteger(number) && number >= least && number <= most) return number
    throw wrong(name, `a whole number from ${least} to ${most}`)
  }

  number(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined || text === "null") return undefined
    const number = Number(text)
    if (Number.isFinite(number)) return number
    throw wrong(name, "a number")
  }

  flag(name: string): boolean | undefined {
    const text = this.text(name)?.toLowerCase()
    if (text === undefined) return undefined
    if (text === "true" || text === "1") return true
    if (text === "false" || text === "0") return false
    throw wrong(name, "true or false")
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const found = allowed.find((each) => each === text)
    if (found !== undefined) return found
    throw wrong(name, `one of ${allowed.join(", ")}`)
  }
}
