import { type Format, type FormatName, formats } from "./formats.ts"

/** Ordinary text: some quotes and line breaks, as in chats and code, which is what a scan of JSON text has to step over. */
const prose =
  'The signal is at danger until the line ahead is clear. "Is it clear?" asked the driver.\nNobody answered; the lamp stayed red for another minute, and then it changed.\n'

const textOf = (characters: number): string => prose.repeat(Math.ceil(characters / prose.length)).slice(0, characters)

export interface Case {
  readonly name: string
  readonly format: FormatName
  readonly path: string
  readonly body: string
  readonly requests: number
  readonly concurrency: number
  /** CPU time over that of the bare forwarder, at most. */
  readonly goal: number
  /** Things per request that the cost is divided by. */
  readonly units: number
  readonly unit: string
}

const small = 800
const large = 100_000

const whole = (name: FormatName, format: Format, characters: number, goal: number): Case => ({
  name: `${name}: ${characters >= large ? 100 : 1} KB request, whole answer`,
  format: name,
  path: format.path,
  body: format.body(textOf(characters), false),
  requests: characters >= large ? 1500 : 8000,
  concurrency: characters >= large ? 16 : 32,
  goal,
  units: 1,
  unit: "request",
})

const stream = (name: FormatName, format: Format): Case => ({
  name: `${name}: stream of 200 events`,
  format: name,
  path: format.streamPath ?? format.path,
  body: format.body(textOf(small), true),
  requests: 120,
  concurrency: 60,
  goal: 1.4,
  units: 201,
  unit: "event",
})

export const cases: readonly Case[] = Object.entries(formats).flatMap(([key, format]) => {
  const name = key as FormatName
  return [whole(name, format, small, 1.6), whole(name, format, large, 2), stream(name, format)]
})
