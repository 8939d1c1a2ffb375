import type { KeyPatch } from "../../../../accounts/key-rules.ts"
import type { JsonObject } from "../../../../contract/index.ts"
import { orNull, text } from "../../../fields/fields.ts"
import { labels } from "../../../fields/names.ts"
import { expiry, monthlyLimit, theField } from "../../values.ts"

type ReadWish = (body: JsonObject) => KeyPatch

export const limitWish: ReadWish = (body) => ({
  limitNano: theField(body, "monthly_limit", monthlyLimit, "USD a month, or 0 for no limit"),
  limitReset: "monthly",
})

export const labelWish: ReadWish = (body) => ({
  details: { labels: theField(body, "labels", labels, "an object of strings, {} for none") },
})

export const expiryWish: ReadWish = (body) => ({
  expiresAtMs: theField(body, "expires_at", expiry, "a date and time, or null for never"),
})

export const accessListWish: ReadWish = (body) => ({
  details: {
    accessListId: theField(body, "access_list_id", orNull(text), "the id of an access list, or null for none"),
  },
})
