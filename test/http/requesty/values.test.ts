import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { GatewayError } from "../../../src/contract/index.ts"
import { labels as labelsIn } from "../../../src/http/fields/names.ts"
import { expiry, labelList, listOfLabels, moneyText, monthlyLimit } from "../../../src/http/requesty/values.ts"

const seed = 20_260_807
const param = (work: () => unknown): string | undefined => {
  try {
    work()
  } catch (thrown) {
    if (GatewayError.is(thrown)) return thrown.param
    throw thrown
  }
  return "was not refused"
}

describe("money", () => {
  test.each([
    [0, "0"],
    [1, "0.000000001"],
    [12_500_000_000, "12.5"],
    [1_000_000_000, "1"],
    [-250_000_000, "-0.25"],
    [9_007_199_254_740_991, "9007199.254740991"],
  ])("%p nano-dollars are %p", (nano, text) => expect(moneyText(nano)).toBe(text))

  test("what is written as a text is read as the same amount", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000_000_000_000_000 }), (nano) => {
        expect(moneyText(nano)).toMatch(/^\d+(\.\d*[1-9])?$/)
        expect(monthlyLimit(moneyText(nano), "x")).toBe(nano)
      }),
      { seed },
    )
  })

  test.each([
    [0, null],
    ["0", null],
    ["0.00", null],
    [null, null],
    [49.99, 49_990_000_000],
    ["49.99", 49_990_000_000],
    [4_000_000, 4_000_000_000_000_000],
  ])("a limit of %p is %p", (value, nano) => expect(monthlyLimit(value, "x")).toBe(nano))

  const wrong = [-1, "-1", "", " 1", "1e3", "0x10", "1,5", "many", true, [], {}, Number.NaN, 4_000_001, 1e-10]
  test.each(wrong.map((value) => [value]))("%p is no limit", (value) => {
    expect(param(() => monthlyLimit(value, "limit"))).toBe("limit")
  })
})

test.each(["2027-01-31", "2027-01-31T00:00:00", "soon", 12, "2027-13-01T00:00:00Z", ""])("%p is no expiry", (value) =>
  expect(param(() => expiry(value, "expiry"))).toBe("expiry"),
)

describe("labels", () => {
  test("are the same in both forms", () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !text.includes("=") && text.trim() !== "")
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, fc.string()), { selector: ([first]) => first }), (pairs) => {
        const labels = Object.fromEntries(pairs)
        expect(labelList(listOfLabels(labels), "labels")).toEqual(labels)
        expect(labelsIn(labels, "labels")).toEqual(labels)
      }),
      { seed },
    )
  })

  test("of a list are bounded like those of an object", () => {
    const many = Array.from({ length: 65 }, (_, index) => `l${index}`)
    expect(param(() => labelList(many, "labels"))).toBe("labels")
  })

  test("may be named like what every object has", () => {
    const labels = labelList(["__proto__=x", "constructor"], "labels")
    expect(Object.keys(labels)).toEqual(["__proto__", "constructor"])
    expect(listOfLabels(labels)).toEqual(["__proto__=x", "constructor"])
  })

  test.each([
    [{ a: null }, "labels.a"],
    [{ "": "x" }, "labels"],
    [{ a: "x".repeat(257) }, "labels.a"],
    [{ ["n".repeat(65)]: "x" }, "labels"],
    [Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, ""])), "labels"],
    [[], "labels"],
    ["a", "labels"],
    [null, "labels"],
  ])("%j is no map of them", (value, place) => expect(param(() => labelsIn(value, "labels"))).toBe(place))
})
