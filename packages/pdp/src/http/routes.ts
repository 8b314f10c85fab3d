import type { Route } from "./route.js";
import { accessRoutes } from "./routes/access.js";
import { bundleRoute } from "./routes/bundle.js";
import { decisionRoutes } from "./routes/decisions.js";
import { documentationRoutes } from "./routes/documentation.js";
import { explainRoute } from "./routes/explain.js";
import { fieldRoutes } from "./routes/fields.js";
import { invalidateRoute } from "./routes/invalidate.js";
import { operationRoutes } from "./routes/operations.js";
import { planRoute } from "./routes/plan.js";
import { scimRoutes } from "./routes/scim.js";
import { searchRoutes } from "./routes/search.js";
import type { Service } from "./service.js";

/** Every endpoint there is. */
export function routesOf(service: Service): Route[] {
  const routes = [
    ...accessRoutes(service),
    ...searchRoutes(service),
    explainRoute(service),
    planRoute(service),
    ...fieldRoutes(service),
    bundleRoute(service),
    ...decisionRoutes(service),
    invalidateRoute(service),
    ...scimRoutes(service),
    ...operationRoutes(service),
  ];
  return [...routes, ...documentationRoutes(routes)];
}
