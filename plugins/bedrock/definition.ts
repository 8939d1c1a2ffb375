import type { ProviderDefinition } from "signalbox/plugin"
import { countTokens } from "./abilities/count-tokens.ts"
import { embeddings } from "./abilities/embeddings.ts"
import { images } from "./abilities/images.ts"
import { rerank } from "./abilities/rerank.ts"
import { createAccount } from "./account.ts"
import { converseWire } from "./converse/wire.ts"
import { placeOfGeography } from "./hosts.ts"
import { invokeWire } from "./invoke/wire.ts"
import { modelListing } from "./listing.ts"
import { mantleWires } from "./mantle.ts"
import { profileGeography } from "./models.ts"
import { readOptions, variables } from "./options.ts"
import type { Services } from "./services.ts"

/**
 * Amazon Bedrock. Explicit: a machine has AWS credentials for many reasons, and none of them says in which region prompts may be answered.
 * Named in YAML, it finds region and credentials as AWS's own tools do.
 */
export const amazonBedrock = (services: Services): ProviderDefinition => ({
  id: "amazon-bedrock",
  name: "Amazon Bedrock",
  environment: ["AWS_BEARER_TOKEN_BEDROCK"],
  variables,
  explicit: true,
  create(settings) {
    const options = readOptions(settings)
    const account = createAccount(settings, options, services)
    const { agentUrl } = account
    const { region } = options
    const listing = modelListing(account)
    return {
      ...(listing === undefined ? {} : { listing }),
      ...(region === undefined ? {} : { region }),
      // A price list knows models, and neither ARNs nor the names of an account's own profiles.
      listName: (model) =>
        model.startsWith("arn:") || Object.hasOwn(options.baseModels, model) ? account.baseOf(model) : undefined,
      regionOf: (model) => placeOfGeography(profileGeography(model)),
      wire: invokeWire(account),
      otherWires: [...mantleWires(account), converseWire(account)],
      abilities: {
        embeddings: embeddings(account),
        ...(agentUrl === undefined || region === undefined ? {} : { rerank: rerank(account, agentUrl, region) }),
        images: images(account),
        countTokens: countTokens(account),
      },
    }
  },
})
