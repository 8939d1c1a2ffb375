import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { compile } from "../../src/expressions/compile.ts"
import { BadExpression } from "../../src/expressions/parse.ts"
import { OutOfBudget, search } from "../../src/expressions/search.ts"

const spans = (source: string, text: string, left = 10_000_000) =>
  [...search(compile(source), text, { left })].filter((span) => span !== undefined)
const native = (source: string, text: string) =>
  [...text.matchAll(new RegExp(source, "g"))]
    .filter((match) => match[0] !== "")
    .map((match) => ({ start: match.index, end: match.index + match[0].length }))

/** An expression of ours and of JavaScript's, small enough that JavaScript's is fast as well. */
const atom = fc.constantFrom(
  "a",
  "b",
  "c",
  ".",
  "\\w",
  "[ab]",
  "[^a]",
  "\\d",
  "(?:a|bc)",
  "(?:ab|a)",
  "(a|b|)",
  "\\b",
  "^",
  "$",
  " ",
)
const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "*?", "+?", "{2}", "{1,2}", "{0,3}?", "{1,}")
const piece = fc.tuple(atom, quantifier).map(([one, many]) => (/^[\^$]$|^\\b$/.test(one) ? one : one + many))
const branch = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(""))
const expression = fc.array(branch, { minLength: 1, maxLength: 3 }).map((branches) => branches.join("|"))
const someText = fc
  .array(fc.constantFrom("a", "b", "c", "1", " ", "\n", "é"), { maxLength: 30 })
  .map((units) => units.join(""))

describe("searching with an expression", () => {
  test("finds what JavaScript finds", () => {
    fc.assert(
      fc.property(expression, someText, (source, text) => {
        let program: ReturnType<typeof compile>
        try {
          program = compile(source)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(BadExpression)
          return
        }
        // An empty match in front of a longer way makes JavaScript step on by one; here it is none.
        const parts = new RegExp(source, "g")
        if ([...text.matchAll(parts)].some(([match]) => match === "")) return
        expect([...search(program, text, { left: 1_000_000 })].filter((span) => span !== undefined)).toEqual(
          native(source, text),
        )
      }),
      { seed: 7, numRuns: 5000 },
    )
  })

  test.each([
    ["\\b\\d{3}-\\d{4}\\b", "call 555-1234 or 5555-12345"],
    ["(?i:secret)[ _-]?project", "Secret project, SECRET_project, secret-Project"],
    ["<k>.*?</k>", "<k>one</k> and <k>two</k>"],
    ["ORD-[A-Z0-9]{4,8}", "ORD-12AB, ORD-1, ORD-123456789"],
    ["[\\w.+-]+@[\\w-]+\\.[a-z]{2,}", "to ada@example.com, bob@x.y"],
    ["\\u0041\\x42[\\]\\-\\\\]", "AB] AB- AB\\ ABx"],
    ["^start|end$", "start end start end"],
    ["(?<year>\\d{4})", "1999 2024"],
  ])("%s", (source, text) => {
    const found = spans(source, text)
    expect(found.length).toBeGreaterThan(0)
    if (!source.includes("?i:")) expect(found).toEqual(native(source, text))
    else expect(found).toEqual(native("[sS][eE][cC][rR][eE][tT][ _-]?project", text))
  })

  test.each([
    ["(?=a)b", /Lookahead/],
    ["(?<!a)b", /Lookahead/],
    ["(a)\\1", /Backreferences/],
    ["(?<x>a)\\k<x>", /Backreferences/],
    ["(a+)+$", /inside of another/],
    ["(a*)*", /inside of another/],
    ["(?:x|(y?z)+)*", /inside of another/],
    ["([a-z]+)*\\.com", /inside of another/],
    ["(.*){3}", /inside of another/],
    ["(a", /no "\)"/],
    ["a)", /without a "\("/],
    ["[a", /no "\]"/],
    ["*a", /behind nothing/],
    ["a**", /follow/],
    ["[z-a]", /out of order/],
    ["a{3,1}", /out of order/],
    ["a{5000}", /more than/],
    ["(?:(?:a{100}){100}){9}", /too long/],
    ["\\p{L}", /not supported/],
    ["a\\", /backslash/],
  ])("%s is refused", (source, message) => {
    expect(() => compile(source)).toThrow(message)
  })

  test("groups within groups without an end are refused", () => {
    expect(() => compile("(".repeat(100_000))).toThrow(/nested/)
  })

  test("what makes others slow takes as many steps as the text is long", () => {
    const long = 100_000
    // (a|a)* and its like have a number of ways that doubles with each letter; a*a*…b has one that grows with its power.
    for (const source of [
      "(?:a|a)*$",
      "(?:a|aa)+b",
      "(?:x|y|a|a)+z",
      "a*a*a*a*a*a*b",
      "(?:a?){30}a{30}b",
      ".*.*=.*;",
    ]) {
      const { steps } = compile(source)
      expect(() => spans(source, "a".repeat(long), long * (steps.length + 1))).not.toThrow(OutOfBudget)
    }
  })

  test("the budget ends what has to be looked at again behind each match", () => {
    expect(() => spans("a*b|a", "a".repeat(20_000), 1_000_000)).toThrow(OutOfBudget)
  })
})

test("nothing, counted within counts, is read at once", () => {
  let source = ""
  for (let depth = 0; depth < 20; depth += 1) source = `(${source}){1000}`
  expect(compile(`a${source}b`).steps).toHaveLength(3)
})
