import { Elysia } from "elysia"
import type { HttpServices } from "../services.ts"
import { apiKeys } from "./api-keys/routes.ts"
import { authCheck } from "./auth-check.ts"
import { feedback } from "./feedback.ts"
import { manageAccessLists } from "./manage/access-lists/routes.ts"
import { manageGroupMembers } from "./manage/groups/members.ts"
import { manageGroups } from "./manage/groups/routes.ts"
import { manageKeys } from "./manage/keys/routes.ts"
import { manageOrganisation } from "./manage/organisation/routes.ts"
import { manageServiceAccounts } from "./manage/service-accounts/routes.ts"
import { authorizeEditors } from "./sign-in/authorize.ts"
import { balance } from "./sign-in/balance.ts"
import { editorPages } from "./sign-in/pages.ts"

/** Requesty's management API in both of its forms, and the addresses that its clients open. */
export const requestyManagement = (services: HttpServices) =>
  new Elysia({ name: "requesty management" })
    .use(apiKeys(services))
    .use(manageKeys(services))
    .use(manageGroups(services))
    .use(manageGroupMembers(services))
    .use(manageAccessLists(services))
    .use(manageOrganisation(services))
    .use(manageServiceAccounts(services))
    .use(authCheck(services))
    .use(feedback(services))
    .use(balance(services))
    .use(authorizeEditors(services))
    .use(editorPages(services))
