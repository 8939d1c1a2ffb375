import { describe, expect, test } from "bun:test"
import { bindCases } from "../../src/contract-suite/run.ts"
import { setUpBuiltIns } from "../kit/built-ins.ts"

for (const { plugin, capabilities } of await setUpBuiltIns())
  describe(`${plugin.name} keeps the contract`, () => {
    const cases = bindCases(capabilities)
    test("and has something to offer", () => {
      expect(cases.length).toBeGreaterThan(0)
    })
    for (const { subject, name, skip, run } of cases) test.skipIf(skip !== undefined)(`${subject}: ${name}`, run)
  })
