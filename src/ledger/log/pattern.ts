import { wildcard } from "../../contract/wildcard.ts"

/** A value that is asked for, in which `*` stands for any number of characters. Case counts. */
export interface Pattern {
  /** Without a `*`: the text itself. */
  readonly exact?: string
  fits(text: string): boolean
}

export const patternOf = (value: string): Pattern => ({
  ...(value.includes("*") ? {} : { exact: value }),
  fits: wildcard(value),
})
