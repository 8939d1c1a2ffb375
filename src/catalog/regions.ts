/** Members of the European Union (europa.eu, country profiles), by ISO 3166. */
const union = new Set("at be bg cy cz de dk ee es fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk".split(" "))

/**
 * Names of clouds' regions whose beginning does not tell the law that holds there: AWS's in London and Zurich, Google's likewise
 * (docs.aws.amazon.com, regions; cloud.google.com, locations).
 */
const exceptions: Readonly<Record<string, string>> = {
  uk: "gb",
  el: "gr",
  usa: "us",
  europe: "eu",
  "eu-west-2": "gb",
  "eu-central-2": "ch",
  "europe-west2": "gb",
  "europe-west6": "ch",
}

/** The clouds' regions by the beginning of their names; the first that fits counts. */
const beginnings: readonly (readonly [RegExp, string])[] = [
  [/^(?:eu|eusc)-[a-z]/, "eu"],
  [/^eu\d+$/, "eu"],
  [/^europe-/, "eu"],
  [/^us-/, "us"],
  [/^ap-southeast-1$|^asia-southeast1$/, "sg"],
  [/^ap-northeast-[13]$|^asia-northeast[12]$/, "jp"],
  [/^ap-northeast-2$|^asia-northeast3$/, "kr"],
  [/^ap-southeast-[24]$|^australia-/, "au"],
  [/^ap-south-|^asia-south\d/, "in"],
  [/^asia-southeast2$|^ap-southeast-3$/, "id"],
  [/^ap-southeast-5$/, "my"],
  [/^ap-east-1$|^asia-east2$/, "hk"],
  [/^asia-east1$/, "tw"],
  [/^ca-|^northamerica-northeast/, "ca"],
  [/^mx-|^northamerica-south/, "mx"],
  [/^sa-east-|^southamerica-east/, "br"],
  [/^southamerica-west/, "cl"],
  [/^cn-/, "cn"],
  [/^il-|^me-west/, "il"],
  [/^me-central1$/, "qa"],
  [/^me-central2$/, "sa"],
  [/^me-central-1$/, "ae"],
  [/^me-south-1$/, "bh"],
  [/^af-south-|^africa-south/, "za"],
]

/** Azure's regions, whose names are words (learn.microsoft.com, Azure regions). */
const azure: Readonly<Record<string, string>> = {
  eu:
    "austriaeast belgiumcentral denmarkeast francecentral francesouth germanynorth germanywestcentral italynorth " +
    "northeurope polandcentral spaincentral swedencentral swedensouth westeurope",
  us:
    "centralus eastus eastus2 northcentralus southcentralus westcentralus westus westus2 westus3 usgovarizona " +
    "usgovtexas usgovvirginia",
  ae: "uaecentral uaenorth",
  au: "australiacentral australiacentral2 australiaeast australiasoutheast",
  br: "brazilsouth brazilsoutheast",
  ca: "canadacentral canadaeast",
  ch: "switzerlandnorth switzerlandwest",
  gb: "uksouth ukwest",
  hk: "eastasia",
  id: "indonesiacentral",
  il: "israelcentral",
  in: "centralindia southindia westindia jioindiacentral jioindiawest",
  jp: "japaneast japanwest",
  kr: "koreacentral koreasouth",
  mx: "mexicocentral",
  my: "malaysiawest",
  no: "norwayeast norwaywest",
  nz: "newzealandnorth",
  qa: "qatarcentral",
  sg: "southeastasia",
  za: "southafricanorth southafricawest",
}

const azurePlaces: ReadonlyMap<string, string> = new Map(
  Object.entries(azure).flatMap(([place, names]) => names.split(" ").map((name) => [name, place] as const)),
)

/** Where nobody knows, or anywhere: no wish for a region is met by it. */
const anywhere = "global"

const remembered = new Map<string, string>()
/** Regions come from the configuration, but also from what clients ask for. */
const mostRemembered = 1000

/**
 * Where a region is, in the words of model lists: `eu`, `us`, a two-letter country outside of both (`sg`, `jp` …), or `global` for
 * anywhere and for what is not known. Takes what configurations and clouds write: `eu`, `de`, `eu-central-1`, `europe-west1`,
 * `swedencentral`, `global`.
 */
export function geolocation(region: string | undefined): string {
  if (region === undefined || region === "") return anywhere
  const known = remembered.get(region)
  if (known !== undefined) return known
  const found = placeOf(plainName(region))
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(region, found)
  return found
}

/** `Sweden Central` is how people write it. */
const plainName = (region: string): string => region.toLowerCase().replaceAll(" ", "")

function placeOf(name: string): string {
  const exception = Object.hasOwn(exceptions, name) ? exceptions[name] : undefined
  if (exception !== undefined) return exception
  if (union.has(name)) return "eu"
  if (/^[a-z]{2}$/.test(name) || name === "apac") return name
  return azurePlaces.get(name) ?? beginnings.find(([pattern]) => pattern.test(name))?.[1] ?? anywhere
}

/**
 * Whether what runs in `region` is where `wanted` says: the same name, or a place within the union, state or country that is meant.
 * What may run anywhere, or nobody knows where, is nowhere in particular.
 */
export function isWithin(region: string | undefined, wanted: string): boolean {
  if (region === undefined) return false
  const meant = plainName(wanted)
  const given = plainName(region)
  if (given === meant) return true
  const place = geolocation(meant)
  // A country of the union, or a cloud's own region, is less than the union.
  return place === meant && place !== anywhere && geolocation(given) === place
}

/** Vendors whose own hosts answer from one place. */
const hosts: Readonly<Record<string, string>> = {
  "api.mistral.ai": "eu",
  "codestral.mistral.ai": "eu",
  "api.scaleway.ai": "fr",
  "api.berget.ai": "se",
  "models.think.evroc.com": "se",
  "api.regolo.ai": "it",
}

/**
 * What an address tells of where it answers: `eu.api.openai.com`, `api.eu01.example.com`, `bedrock-runtime.eu-central-1.amazonaws.com`,
 * `europe-west1-aiplatform.googleapis.com`. The last two labels say who owns the name, not where it is.
 */
export function regionOfHost(url: string): string | undefined {
  const host = URL.parse(url)?.hostname.toLowerCase()
  if (host === undefined) return undefined
  const known = Object.hasOwn(hosts, host) ? hosts[host] : undefined
  if (known !== undefined) return known
  for (const label of host.split(".").slice(0, -2)) {
    if (label === "eu" || label === "us") return label
    const region = /^(?:(?:eu|us|ap|ca|sa|me|af|cn|il|mx|eusc)-[a-z]+(?:-[a-z]+)?-\d+|eu\d+)$/.exec(label)?.[0]
    const google = /^([a-z]+-[a-z]+\d+)-aiplatform$/.exec(label)?.[1]
    const named = region ?? google ?? (azurePlaces.has(label) ? label : undefined)
    if (named !== undefined && geolocation(named) !== anywhere) return named
  }
  return undefined
}
