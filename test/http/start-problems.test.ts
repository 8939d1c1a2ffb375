import { expect, test } from "bun:test"
import { startGateway } from "../kit/gateway.ts"

test("a gateway that starts without a part of its configuration says so in the log", async () => {
  const gateway = await startGateway({
    providers: [{ id: "mine", plugin: "opneai" }, { id: "mock" }],
    strategy: "nope",
  })
  const lines = gateway.logged().split("\n")
  await gateway.stop()
  for (const problem of ["opneai", "nope"])
    expect(lines.filter((line) => line.includes('"level":"error"') && line.includes(problem))).toHaveLength(1)
})
