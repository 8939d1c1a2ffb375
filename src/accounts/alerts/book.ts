import type { Config } from "../../config/config.ts"
import type { Directory } from "../directory/directory.ts"
import type { AlertDestination, Stored } from "../directory/types.ts"
import type { Destination, WatchRule } from "./types.ts"

/** Rules and destinations of the configuration file have their names as ids. */
export const fileId = (name: string): string => `file:${name}`

/** Where nobody says (docs.requesty.ai, alerts). */
export const usualPercents: readonly number[] = [50, 80, 100]

/** All rules: the file's first, then those of the API, oldest first. */
export const rulesOf = ({ alerts }: Config, directory: Pick<Directory, "list">): readonly WatchRule[] => [
  ...alerts.rules.map(({ target, destinations, ...rule }) => ({
    ...rule,
    id: fileId(rule.name),
    source: "file" as const,
    ...(target === undefined ? {} : { targetId: target }),
    ...(hasThreshold(rule) ? {} : { percents: usualPercents }),
    destinationIds: destinations.map(fileId),
  })),
  ...directory.list("alert").map(({ id, body, createdAt, updatedAt }) => ({
    ...body,
    id,
    source: "store" as const,
    createdAt,
    ...(updatedAt === undefined ? {} : { updatedAt }),
  })),
]

export const hasThreshold = ({
  percents = [],
  spentNanos = [],
  balanceNanos = [],
}: Pick<WatchRule, "percents" | "spentNanos" | "balanceNanos">): boolean =>
  percents.length + spentNanos.length + balanceNanos.length > 0

export const destinationsOf = ({ alerts }: Config, directory: Pick<Directory, "list">): readonly Destination[] => [
  ...alerts.destinations.map(({ name, notifier, url, secret }) => ({
    id: fileId(name),
    source: "file" as const,
    name,
    notifier,
    host: new URL(url).host,
    hasSecret: secret !== undefined,
  })),
  ...directory.list("alert-destination").map(destinationOf),
]

export const destinationOf = ({ id, body, createdAt, updatedAt }: Stored<"alert-destination">): Destination => {
  const { name, notifier, host, sealedSecret }: AlertDestination = body
  return {
    id,
    source: "store",
    name,
    notifier,
    host,
    hasSecret: sealedSecret !== undefined,
    createdAt,
    ...(updatedAt === undefined ? {} : { updatedAt }),
  }
}
