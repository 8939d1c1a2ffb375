/** OpenRouter's workspaces, which are projects. */
export const workspaceRoutes = {
  "GET /api/v1/workspaces": "projects:read",
  "POST /api/v1/workspaces": "projects:write",
  "GET /api/v1/workspaces/:id": "projects:read",
  "PATCH /api/v1/workspaces/:id": "projects:write",
  "DELETE /api/v1/workspaces/:id": "projects:write",
  "GET /api/v1/workspaces/:id/members": "projects:read",
  "POST /api/v1/workspaces/:id/members/add": "projects:write",
  "POST /api/v1/workspaces/:id/members/remove": "projects:write",
  "GET /api/v1/workspaces/:id/budgets": "projects:read",
  "GET /api/v1/workspaces/:id/budgets/:interval": "projects:read",
  "PUT /api/v1/workspaces/:id/budgets/:interval": "projects:write",
  "DELETE /api/v1/workspaces/:id/budgets/:interval": "projects:write",
} as const
