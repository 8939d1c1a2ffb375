/** DNS suffixes of AWS partitions, by the start of the region's name (docs.aws.amazon.com, partitions). */
const partitions: readonly { readonly prefix: string; readonly partition: string; readonly suffix: string }[] = [
  { prefix: "cn-", partition: "aws-cn", suffix: "amazonaws.com.cn" },
  { prefix: "us-gov-", partition: "aws-us-gov", suffix: "amazonaws.com" },
  { prefix: "us-isob-", partition: "aws-iso-b", suffix: "sc2s.sgov.gov" },
  { prefix: "us-isof-", partition: "aws-iso-f", suffix: "csp.hci.ic.gov" },
  { prefix: "us-iso-", partition: "aws-iso", suffix: "c2s.ic.gov" },
  { prefix: "eu-isoe-", partition: "aws-iso-e", suffix: "cloud.adc-e.uk" },
  { prefix: "eusc-", partition: "aws-eusc", suffix: "amazonaws.eu" },
]
const usual = { partition: "aws", suffix: "amazonaws.com" }

const partitionOf = (region: string) => partitions.find(({ prefix }) => region.startsWith(prefix)) ?? usual

/** `aws`, `aws-cn` …: second field of every ARN of the region. */
export const partitionName = (region: string): string => partitionOf(region).partition

/** A service's own host in a region. */
export const serviceUrl = (
  service: "bedrock" | "bedrock-runtime" | "bedrock-agent-runtime" | "sts",
  region: string,
): string => `https://${service}.${region}.${partitionOf(region).suffix}`

/** Bedrock's OpenAI-shaped endpoint, which exists in the usual partition only and has hosts of its own. */
export const mantleUrl = (region: string): string | undefined =>
  partitionOf(region).partition === "aws" ? `https://bedrock-mantle.${region}.api.aws` : undefined

/** A region is part of a host name; anything but one DNS label would lead elsewhere. */
export const isRegion = (text: string): boolean => /^[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}$/.test(text)

/** Where an inference profile may answer from; `us-gov` is in the United States like `us`. */
export const placeOfGeography = (geography: string | undefined): string | undefined =>
  geography === "us-gov" ? "us" : geography
