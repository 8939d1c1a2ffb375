import type { Config } from "../config/config.ts"
import type { HostConfig } from "../host/host-types.ts"

/** The `plugins:` section in the host's words. */
export const hostConfig = ({ plugins }: Config): HostConfig => ({
  dir: plugins.dir,
  use: plugins.use.map(({ name, enabled, options, secrets }) => ({
    name,
    enabled,
    options: { ...options },
    secrets: { ...secrets },
  })),
  hook_seconds: plugins.hookMs / 1000,
  failures: plugins.failures,
  retry_seconds: plugins.retryMs / 1000,
  drain_seconds: plugins.drainMs / 1000,
})
