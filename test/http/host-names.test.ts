import { afterAll, expect, test } from "bun:test"
import { mangledHosts } from "../../src/gateway/host-names.ts"
import { startGateway } from "../kit/gateway.ts"

const names = (publicUrl: string | undefined, hosts: readonly string[] = []) =>
  mangledHosts({
    server: {
      ...(publicUrl === undefined ? {} : { publicUrl }),
      hosts: Object.fromEntries(hosts.map((host) => [host, { region: "eu" }])),
    },
  } as unknown as Parameters<typeof mangledHosts>[0]).length

test.each<[string | undefined, readonly string[], number]>([
  [undefined, [], 0],
  ["https://llm.example.com", ["eu.example.com"], 0],
  ["https://llm.example.com/v1", [], 0],
  ["https://router.example.com", [], 1],
  ["https://MyRouter.lan:8080", [], 1],
  ["http://v1box.lan", [], 1],
  ["https://llm.example.com", ["router.eu.example.com", "v1.lan"], 2],
  ["not an address", [], 0],
])("%p with hosts %j: %d are not found again", (publicUrl, hosts, count) => {
  expect(names(publicUrl, hosts)).toBe(count)
})

const gateway = await startGateway({ server: { public_url: "http://router.example.com" } })
afterAll(() => gateway.stop())

test("the operator is warned at the start", () => {
  expect(gateway.logged()).toContain('the host name \\"router.example.com\\" has \\"router\\" in it')
})
