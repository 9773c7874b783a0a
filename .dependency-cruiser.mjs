const only = (name, from, to) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^src/", pathNot: to },
});
export default {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "domain-is-alone",
      severity: "error",
      from: { path: "^src/domain/" },
      to: { pathNot: "^src/domain/" },
    },
    {
      name: "workflows-take-activities-as-types",
      severity: "error",
      from: { path: "^src/workflows/" },
      to: { path: "^src/activities/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "workflows-are-small",
      severity: "error",
      from: { path: "^src/workflows/" },
      to: {
        pathNot: ["^src/(workflows|domain|activities)/", "^node_modules/@temporalio/(workflow|common)/"],
      },
    },
    only("store-takes-domain", "^src/store/", "^src/(store|domain)/"),
    only("connectors-take-domain", "^src/connectors/", "^src/(connectors|domain)/"),
    only("config-takes-domain", "^src/config/", "^src/(config|domain)/"),
    only(
      "activities-take-domain-connectors-store",
      "^src/activities/",
      "^src/(activities|domain|connectors|store|workflows/contract)",
    ),
    only("feeds-take-domain-store", "^src/feeds/", "^src/(feeds|domain|store|workflows/contract)"),
    only("http-takes-no-connector", "^src/http/", "^src/(http|feeds|store|domain|config|workflows/contract)"),
    {
      name: "connectors-know-no-temporal",
      severity: "error",
      from: { path: "^src/(connectors|store)/" },
      to: { path: "^node_modules/@temporalio/" },
    },
    {
      name: "no-dev-dependencies",
      severity: "error",
      from: { path: "^src/" },
      to: {
        dependencyTypes: ["npm-dev"],
        dependencyTypesNot: ["type-only"],
        pathNot: "^node_modules/@types/",
      },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "node", "default"],
    },
    cache: { folder: "node_modules/.cache/dependency-cruiser", strategy: "content" },
  },
};
