/**
 * Azure's regions (learn.microsoft.com, Azure regions). Which union or country each of them is in is the host's to know; what must be known
 * here is which words of a resource's name are regions.
 */
const regions: ReadonlySet<string> = new Set(
  (
    "australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral " +
    "brazilsouth brazilsoutheast canadacentral canadaeast centralindia centralus denmarkeast eastasia eastus " +
    "eastus2 francecentral francesouth germanynorth germanywestcentral indonesiacentral israelcentral " +
    "italynorth japaneast japanwest jioindiacentral jioindiawest koreacentral koreasouth malaysiawest " +
    "mexicocentral newzealandnorth northcentralus northeurope norwayeast norwaywest polandcentral qatarcentral " +
    "southafricanorth southafricawest southcentralus southeastasia southindia spaincentral swedencentral " +
    "swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth uksouth ukwest usgovarizona usgovtexas " +
    "usgovvirginia westcentralus westeurope westindia westus westus2 westus3"
  ).split(" "),
)

/** `Sweden Central` → `swedencentral`. Undefined for a word that is no region. */
export const regionOf = (name: string): string | undefined => {
  const word = name.toLowerCase().replaceAll(" ", "")
  return regions.has(word) ? word : undefined
}

/**
 * The region in the name of a resource or host, as a whole word: `acme-swedencentral`, `eastus2.api.cognitive.microsoft.com`. It says where
 * the resource is; what a global deployment of it computes elsewhere, nobody but the operator knows.
 */
export const regionIn = (text: string): string | undefined =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .find((word) => regions.has(word))
