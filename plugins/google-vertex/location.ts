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
