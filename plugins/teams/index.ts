import { type Alert, alertText, definePlugin, type JsonObject, Type } from "signalbox/plugin"

/** Marks that adaptive cards read in a text block (learn.microsoft.com, text features of adaptive cards). */
const escaped = (text: string): string => text.replaceAll(/[\\`*_[\]]/g, (mark) => `\\${mark}`)

const message = (alert: Alert): JsonObject => {
  const { title, sentence, facts } = alertText(alert)
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            { type: "TextBlock", text: escaped(title), weight: "Bolder", size: "Medium", wrap: true },
            { type: "TextBlock", text: escaped(sentence), wrap: true },
            { type: "FactSet", facts: facts.map(([name, value]) => ({ title: name, value: escaped(value) })) },
          ],
        },
      },
    ],
  }
}

/** Alerts for Microsoft Teams, by a workflow that posts adaptive cards. */
export default definePlugin({
  name: "teams",
  contract: 1,
  description: "Writes alerts as adaptive cards for Microsoft Teams.",
  options: Type.Object({}),
  setup: () => ({ notifiers: [{ name: "teams", message: (alert) => ({ body: message(alert) }) }] }),
})
