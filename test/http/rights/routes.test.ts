import { expect, test } from "bun:test"
import { routeRights } from "../../../src/http/rights/routes.ts"
import { everyRoute } from "../../kit/every-route.ts"

const routes = everyRoute().map(({ method, path }) => `${method} ${path}`)

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
