import type { Needs } from "./needs.ts"

/** OpenRouter's guardrails, to whom they are assigned, and its brought credentials. */
export const guardrailRoutes = {
  "GET /api/v1/guardrails": "guardrails:read",
  "POST /api/v1/guardrails": "guardrails:write",
  "GET /api/v1/guardrails/assignments/keys": "guardrails:read",
  "GET /api/v1/guardrails/:id/assignments/keys": "guardrails:read",
  "POST /api/v1/guardrails/:id/assignments/keys": "guardrails:write",
  "POST /api/v1/guardrails/:id/assignments/keys/remove": "guardrails:write",
  "GET /api/v1/guardrails/assignments/members": "guardrails:read",
  "GET /api/v1/guardrails/:id/assignments/members": "guardrails:read",
  "POST /api/v1/guardrails/:id/assignments/members": "guardrails:write",
  "POST /api/v1/guardrails/:id/assignments/members/remove": "guardrails:write",
  "GET /api/v1/guardrails/:id": "guardrails:read",
  "PATCH /api/v1/guardrails/:id": "guardrails:write",
  "DELETE /api/v1/guardrails/:id": "guardrails:write",
  // Credentials for upstreams that somebody brought.
  "GET /api/v1/byok": "upstream-keys:read",
  "POST /api/v1/byok": "upstream-keys:write",
  "GET /api/v1/byok/:id": "upstream-keys:read",
  "PATCH /api/v1/byok/:id": "upstream-keys:write",
  "DELETE /api/v1/byok/:id": "upstream-keys:write",
} as const satisfies Readonly<Record<string, Needs>>
