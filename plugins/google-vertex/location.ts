/** A location becomes a host's name: one DNS label, so that it cannot name another host. */
export const isLocation = (text: string): boolean => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)

/** Multi-regions, which have hosts of their own; `global` is anywhere. */
const multiRegions = new Set(["eu", "us"])

/** `https://…` of a location: cloud.google.com, Vertex AI locations and data residency. */
export const originOf = (location: string): string => {
  if (location === "global") return "https://aiplatform.googleapis.com"
  if (multiRegions.has(location)) return `https://aiplatform.${location}.rep.googleapis.com`
  return `https://${location}-aiplatform.googleapis.com`
}

/** European regions outside of the European Union. */
const outside: Readonly<Record<string, string>> = { "europe-west2": "gb", "europe-west6": "ch" }

/** Where regions are, by the beginning of their names; the first that fits counts. */
const countries: readonly (readonly [RegExp, string])[] = [
  [/^europe-/, "eu"],
  [/^us-/, "us"],
  [/^northamerica-northeast/, "ca"],
  [/^northamerica-south/, "mx"],
  [/^southamerica-east/, "br"],
  [/^southamerica-west/, "cl"],
  [/^asia-southeast1$/, "sg"],
  [/^asia-southeast2$/, "id"],
  [/^asia-northeast[12]$/, "jp"],
  [/^asia-northeast3$/, "kr"],
  [/^asia-south\d/, "in"],
  [/^asia-east1$/, "tw"],
  [/^asia-east2$/, "hk"],
  [/^australia-/, "au"],
  [/^me-west/, "il"],
  [/^me-central1$/, "qa"],
  [/^me-central2$/, "sa"],
  [/^africa-south/, "za"],
]

/** Where a location's models run: `eu`, `us`, a country, or `global`; undefined for a location that is not known. */
export const regionOf = (location: string): string | undefined => {
  if (location === "global" || multiRegions.has(location)) return location
  return outside[location] ?? countries.find(([pattern]) => pattern.test(location))?.[1]
}
