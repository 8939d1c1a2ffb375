import { expect, test } from "bun:test"
import { createApp } from "../../../src/http/app.ts"
import { routeRights } from "../../../src/http/rights/routes.ts"
import type { HttpServices } from "../../../src/http/services.ts"

// Routes ask their services when they are called, not when they are made.
const routes = createApp({} as HttpServices).routes.map(({ method, path }) => `${method} ${path}`)

test("every route has a row that says what it needs", () => {
  expect(routes.filter((name) => !(name in routeRights))).toEqual([])
})

test("every row has a route", () => {
  const known = new Set(routes)
  expect(Object.keys(routeRights).filter((name) => !known.has(name))).toEqual([])
})

test("no route is there twice", () => {
  expect(routes.filter((name, index) => routes.indexOf(name) !== index)).toEqual([])
})
