/** One SCIM target of a test configuration; `extra` is YAML for its body, indented by four. */
export interface TargetEntry {
  readonly id: string;
  readonly url: string;
  readonly extra?: string;
}

/** A configuration with one events feed and some SCIM targets on the organization's list. */
export function scimConfiguration(
  targets: readonly TargetEntry[],
  extra = "",
  onPartialFailure = "continue",
): string {
  const entries = targets.map((target) => `    - { connection: ${target.id}, jit: true }`).join("\n");
  const connections = targets
    .map(
      (target) => `  - id: ${target.id}
    connector: scim2
    settings:
      baseUrl: ${target.url}
      auth: { kind: bearer, token: env:TARGET_TOKEN }
${target.extra ?? ""}`,
    )
    .join("\n");
  return `version: 1
organization: acme
provisioners:
  onPartialFailure: ${onPartialFailure}
  connections:
${entries}
applications:
  - { id: hr-portal, requestedAttributes: [userName, name.givenName] }
feeds:
  - { id: hr, kind: events, source: hr, tokens: [env:FEED_TOKEN] }
connections:
${connections}
network: { allowPrivate: [127.0.0.0/8] }
${extra}`;
}
