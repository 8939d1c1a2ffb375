import type { Options } from "../options.ts"
import type { Services } from "../services.ts"
import { assumeRole } from "./assume-role.ts"
import { containerCredentials } from "./container.ts"
import { type CredentialSource, type Credentials, credentialsError } from "./credentials.ts"
import { instanceCredentials } from "./instance.ts"

const given = ({ accessKeyId, secretAccessKey, sessionToken }: Options): Credentials | undefined =>
  accessKeyId === undefined || secretAccessKey === undefined
    ? undefined
    : { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }

/** As AWS's own tools look for credentials: given keys, the container's role, the instance's role; then, where asked for, another role by these. */
export const credentialChain =
  (options: Options, region: string, services: Services): CredentialSource =>
  async () => {
    const base =
      given(options) ??
      (options.container
        ? await containerCredentials(options.container, services)
        : options.instanceMetadata
          ? await instanceCredentials(options.endpoints.metadata, services)
          : undefined)
    if (!options.assumeRole) return base
    if (!base) throw credentialsError(`none to assume ${options.assumeRole.arn} with`)
    return assumeRole(options.assumeRole, base, { region, url: options.endpoints.sts }, services)
  }
