import { expect, test } from "bun:test"
import { addressRule, parseNetwork } from "../../src/egress/addresses.ts"

const isPublic = addressRule([])

test.each([
  "127.0.0.1",
  "127.255.0.9",
  "10.1.2.3",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "255.255.255.255",
  "198.18.0.1",
  "::1",
  "::",
  "fe80::1",
  "fd00:ec2::254",
  "fc00::1",
  "ff02::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:a9fe:a9fe",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "not an address",
  "",
])("%s is not public", (address) => {
  expect(isPublic(address)).toBe(false)
})

test.each(["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])(
  "%s is public",
  (address) => {
    expect(isPublic(address)).toBe(true)
  },
)

test("an allowed network is an exception, and only that", () => {
  const rule = addressRule(["10.0.0.0/8", "fd00::1"])
  expect(rule("10.20.30.40")).toBe(true)
  expect(rule("::ffff:10.20.30.40")).toBe(true)
  expect(rule("fd00::1")).toBe(true)
  expect(rule("fd00::2")).toBe(false)
  expect(rule("192.168.0.1")).toBe(false)
})

test("networks are read or refused", () => {
  expect(parseNetwork("10.0.0.0/8")).toEqual({ address: "10.0.0.0", prefix: 8, family: "ipv4" })
  expect(parseNetwork("::1")).toEqual({ address: "::1", prefix: 128, family: "ipv6" })
  for (const text of ["10.0.0.0/33", "10.0.0/8", "example.com", "::1/129", "10.0.0.0/-1", ""])
    expect(parseNetwork(text)).toBeUndefined()
})
