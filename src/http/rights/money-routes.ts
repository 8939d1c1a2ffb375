/** Alerts, and the money that was paid in. */
export const moneyRoutes = {
  "GET /admin/alerts": "alerts:read",
  "POST /admin/alerts": "alerts:write",
  "GET /admin/alerts/history": "alerts:read",
  "GET /admin/alerts/:id": "alerts:read",
  "PATCH /admin/alerts/:id": "alerts:write",
  "DELETE /admin/alerts/:id": "alerts:write",
  "GET /admin/alert-destinations": "alerts:read",
  "POST /admin/alert-destinations": "alerts:write",
  "GET /admin/alert-destinations/:id": "alerts:read",
  "PATCH /admin/alert-destinations/:id": "alerts:write",
  "DELETE /admin/alert-destinations/:id": "alerts:write",
  "POST /admin/alert-destinations/:id/test": "alerts:write",
  "GET /api/v1/credits": "credits:read",
  // Gone at OpenRouter, for everybody.
  "POST /api/v1/credits/coinbase": "public",
  "GET /admin/credits": "credits:read",
  "POST /admin/credits": "credits:write",
} as const
