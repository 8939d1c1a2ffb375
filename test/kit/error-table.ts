import { errorCodes } from "../../src/contract/error-codes.ts"

/** The README's error table, written from the one table of codes. */
export const errorTable = (): string =>
  [
    "| code | status | on `/api/v1` | what happened, what to do |",
    "|---|---|---|---|",
    ...Object.entries(errorCodes).map(
      ([code, rule]) =>
        `| \`${code}\` | ${rule.status} | ${"openrouterStatus" in rule ? rule.openrouterStatus : rule.status} | ${rule.help} |`,
    ),
  ].join("\n")
