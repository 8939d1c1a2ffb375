/** Azure's regions by the country, or union, that they are in (learn.microsoft.com, Azure regions). */
const regions: Readonly<Record<string, readonly string[]>> = {
  eu: [
    "austriaeast",
    "belgiumcentral",
    "denmarkeast",
    "francecentral",
    "francesouth",
    "germanynorth",
    "germanywestcentral",
    "italynorth",
    "northeurope",
    "polandcentral",
    "spaincentral",
    "swedencentral",
    "swedensouth",
    "westeurope",
  ],
  us: [
    "centralus",
    "eastus",
    "eastus2",
    "northcentralus",
    "southcentralus",
    "westcentralus",
    "westus",
    "westus2",
    "westus3",
    "usgovarizona",
    "usgovtexas",
    "usgovvirginia",
  ],
  ae: ["uaecentral", "uaenorth"],
  au: ["australiacentral", "australiacentral2", "australiaeast", "australiasoutheast"],
  br: ["brazilsouth", "brazilsoutheast"],
  ca: ["canadacentral", "canadaeast"],
  ch: ["switzerlandnorth", "switzerlandwest"],
  gb: ["uksouth", "ukwest"],
  hk: ["eastasia"],
  id: ["indonesiacentral"],
  il: ["israelcentral"],
  in: ["centralindia", "southindia", "westindia", "jioindiacentral", "jioindiawest"],
  jp: ["japaneast", "japanwest"],
  kr: ["koreacentral", "koreasouth"],
  mx: ["mexicocentral"],
  my: ["malaysiawest"],
  no: ["norwayeast", "norwaywest"],
  nz: ["newzealandnorth"],
  qa: ["qatarcentral"],
  sg: ["southeastasia"],
  za: ["southafricanorth", "southafricawest"],
}

const countryOf: ReadonlyMap<string, string> = new Map(
  Object.entries(regions).flatMap(([country, names]) => names.map((name) => [name, country] as const)),
)

/** `swedencentral` or `Sweden Central` → `eu`. Undefined for a word that is no region. */
export const regionOf = (name: string): string | undefined => countryOf.get(name.toLowerCase().replaceAll(" ", ""))

/**
 * The region in the name of a resource or host, as a whole word: `acme-swedencentral`, `eastus2.api.cognitive.microsoft.com`. It says where
 * the resource is; what a global deployment of it computes elsewhere, nobody but the operator knows.
 */
export const regionIn = (text: string): string | undefined => {
  for (const word of text.toLowerCase().split(/[^a-z0-9]+/)) {
    const found = countryOf.get(word)
    if (found !== undefined) return found
  }
  return undefined
}
