import { definePlugin, Type } from "signalbox/plugin"
import { creditCard } from "./credit-card.ts"
import { injection } from "./injection/detect.ts"
import { email, ipAddress, phone, ssn } from "./personal.ts"
import { secrets } from "./secrets.ts"

/** What the content filters of guardrails can name, where patterns are enough to find it. */
export default definePlugin({
  name: "content-filters",
  contract: 1,
  description:
    "Finds e-mail addresses, numbers of phones, cards and people, IP addresses, secrets and prompt injections.",
  options: Type.Object({}),
  setup: () => ({ detectors: [email, phone, ssn, creditCard, ipAddress, secrets, injection] }),
})
