import { type Alert, alertText, definePlugin, type JsonObject, Type } from "signalbox/plugin"

/** What Slack reads as marks of its own (docs.slack.dev, formatting message text). */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** A section has room for 3,000 characters, a header for 150. */
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

const message = (alert: Alert): JsonObject => {
  const { title, sentence, facts } = alertText(alert)
  return {
    // What notifications show, and clients that know no blocks.
    text: cut(escaped(sentence), 3000),
    blocks: [
      { type: "header", text: { type: "plain_text", text: cut(title, 150) } },
      // As plain text: names are people's, and marks in them must not become links or mentions.
      { type: "section", text: { type: "plain_text", text: cut(sentence, 3000) } },
      {
        type: "section",
        fields: facts.map(([name, value]) => ({ type: "plain_text", text: cut(`${name}: ${value}`, 2000) })),
      },
    ],
  }
}

/** Alerts for Slack's incoming webhooks. */
export default definePlugin({
  name: "slack",
  contract: 1,
  description: "Writes alerts for incoming webhooks of Slack.",
  options: Type.Object({}),
  setup: () => ({ notifiers: [{ name: "slack", message: (alert) => ({ body: message(alert) }) }] }),
})
