import type { Answer } from "../answer.ts"
import type { Exchange } from "../exchange.ts"
import type { Delivery } from "./delivery.ts"
import { deliverBytes, deliverText } from "./native.ts"
import { deliverEvents, deliverReply } from "./parts.ts"

export async function deliver(exchange: Exchange, answer: Answer): Promise<Delivery> {
  switch (answer.kind) {
    case "native-whole":
      return deliverText(exchange, answer)
    case "native-stream":
      return deliverBytes(exchange, answer)
    case "parts":
      return exchange.fields.stream ? deliverEvents(exchange, answer) : deliverReply(exchange, answer)
  }
}
