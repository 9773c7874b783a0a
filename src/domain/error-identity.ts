/** What may be said of an unknown error: its class and its code. A message may hold anybody's data, so never that. */
export interface ErrorIdentity {
  readonly error: string;
  readonly code: string | null;
}

/** Names an unknown error; by shape and not by class, since errors cross realms and libraries. Never throws. */
export function errorIdentity(error: unknown): ErrorIdentity {
  if (typeof error !== "object" || error === null) return { error: "unknown", code: null };
  const name = "name" in error && typeof error.name === "string" ? error.name : "unknown";
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  return { error: name, code };
}
