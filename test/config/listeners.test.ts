import { expect, test } from "bun:test"
import { configOf } from "../kit/config.ts"

const isPublic = async (server: string) => (await configOf(`server: ${server}`)).models.public

test("models are listed without a key only as long as nobody else can ask", async () => {
  expect(await isPublic("{ port: 1 }")).toBe(true)
  expect(await isPublic("{ host: 0.0.0.0 }")).toBe(false)
  expect(await isPublic("{ listeners: [ { port: 2, region: eu } ] }")).toBe(true)
  expect(await isPublic("{ listeners: [ { port: 2 }, { host: 0.0.0.0, port: 3 } ] }")).toBe(false)
  expect(
    (await configOf("{ server: { listeners: [ { host: '::', port: 3 } ] }, models: { public: true } }")).models.public,
  ).toBe(true)
})

test("doors: strict unless the file says otherwise, by names and regions in lower case", async () => {
  const { server } = await configOf(
    "server: { listeners: [ { port: 2, region: EU }, { port: 3, region: us, strict: false }, { port: 4 } ], hosts: [ { name: EU.Example.com, region: EU } ] }",
  )
  expect(server.listeners).toEqual([
    { host: "127.0.0.1", port: 2, door: { region: "eu", strict: true } },
    { host: "127.0.0.1", port: 3, door: { region: "us", strict: false } },
    { host: "127.0.0.1", port: 4 },
  ])
  expect(server.hosts).toEqual({ "eu.example.com": { region: "eu", strict: true } })
})

test("approved models: nothing said is told from everything approved", async () => {
  expect((await configOf("{}")).approvedModels).toMatchObject({ mode: "all", fromFile: false })
  expect((await configOf("approved_models: { mode: all }")).approvedModels).toMatchObject({
    mode: "all",
    fromFile: true,
  })
})
