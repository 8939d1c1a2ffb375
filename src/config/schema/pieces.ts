import { Type } from "@sinclair/typebox"

export const strict = { additionalProperties: false } as const
export const optional = Type.Optional
export const text = (description: string) => Type.String({ description, minLength: 1 })
export const flag = (description: string) => Type.Boolean({ description })
export const count = (description: string, minimum = 0) => Type.Integer({ description, minimum })
export const seconds = (description: string) => Type.Number({ description, minimum: 0 })
/** Far above every price there is; far below what nano-dollars cannot count any more. */
export const dearest = 10_000
export const usd = (description: string) => Type.Number({ description, minimum: 0, maximum: dearest })

export const dataCollection = Type.Union([Type.Literal("allow"), Type.Literal("deny")], {
  description: "deny: it neither stores nor trains on what it gets",
})

/** Read by the planner, like the field of the same name in a request. */
export const preferences = Type.Record(Type.String(), Type.Unknown(), {
  description: "as `provider` in a request: order, only, ignore, zdr, data_collection, max_price, sort …",
})

export const streamRecovery = Type.Union([Type.Literal("error"), Type.Literal("continue")], {
  description: "when an answer breaks off: an error, or another upstream goes on with it; default error",
})
