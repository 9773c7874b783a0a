import { chat } from "./support.js";

/** Documents with faults that each part has by itself. `# !! code path` stands on the line of each problem. */
export const schemaFixtures: Readonly<Record<string, string>> = {
  "missing keys, at their parent": `
organisation: acme # !! missing_key version; missing_key organization; unknown_key organisation
feeds:
  - { id: hr, kind: events } # !! missing_key feeds[0].source; missing_key feeds[0].tokens
connections:
  - connector: scim2 # !! missing_key connections[0].id
    settings: # !! missing_key connections[0].settings.baseUrl
      auth: { kind: bearer } # !! missing_key connections[0].settings.auth.token`,

  "a version of the future and an organization that is no id": `
version: 2 # !! invalid_value version
organization: Acme Corp. # !! invalid_id organization`,

  "unknown keys at every depth": `
version: 1
organization: acme
colour: blue # !! unknown_key colour
provisioners:
  connection: [] # !! unknown_key provisioners.connection
  connections: []
  compensation:
    account: delete # !! unknown_key provisioners.compensation.account
applications:
  - id: portal
    requested: all # !! unknown_key applications[0].requested
network:
  allowPublic: true # !! unknown_key network.allowPublic`,

  "a key of another kind of feed": `
version: 1
organization: acme
feeds:
  - id: hr
    kind: events
    source: hr
    tokens: [env:A]
    secrets: [env:B] # !! unknown_key feeds[0].secrets
    put: partial # !! unknown_key feeds[0].put
  - id: hooks # !! missing_key feeds[1].secrets
    kind: wso2-webhook
    source: wso2
    tokens: [env:C] # !! unknown_key feeds[1].tokens`,

  "values of the wrong kind": `
version: 1
organization: 7 # !! invalid_type organization
provisioners: [] # !! invalid_type provisioners
applications: {} # !! invalid_type applications
feeds: # !! invalid_type feeds
connections: all # !! invalid_type connections
network: { allowPrivate: 10.0.0.0/8 } # !! invalid_type network.allowPrivate`,

  "values that are none of those allowed": chat(`    enabled: "yes" # !! invalid_type connections[0].enabled
    pushGroups: some # !! invalid_value connections[0].pushGroups
    adopt: Never # !! invalid_value connections[0].adopt
    guard:
      free: -1 # !! invalid_value connections[0].guard.free
      percent: 101 # !! invalid_value connections[0].guard.percent
      ceiling: 0.5 # !! invalid_type connections[0].guard.ceiling
    limits:
      requestsPerSecond: 0 # !! invalid_value connections[0].limits.requestsPerSecond
      concurrency: 201 # !! invalid_value connections[0].limits.concurrency
provisioners:
  onPartialFailure: retry # !! invalid_value provisioners.onPartialFailure
  connections:
    - connection: chat
      jit: 1 # !! invalid_type provisioners.connections[0].jit
feeds:
  - id: hr
    kind: event # !! invalid_value feeds[0].kind
    source: hr
    tokens: [env:A]
  - id: portal
    kind: scim
    source: hr
    triggers: [] # !! invalid_value feeds[1].triggers
    tokens: [] # !! invalid_value feeds[1].tokens`),

  "what a removal policy cannot be": chat(`    deprovision:
      deleted: { disable: later, delete: P30D } # !! invalid_value connections[0].deprovision.deleted.disable
      outOfScope: remove # !! invalid_value connections[0].deprovision.outOfScope
      disabled: delete # !! invalid_value connections[0].deprovision.disabled
      deselected: { disable: now, delete: P30D } # !! invalid_value connections[0].deprovision.deselected`),

  "a preset that does not exist": chat(`    deprovision: okta # !! invalid_value connections[0].deprovision`),

  "ids that are none": `
version: 1
organization: acme
applications:
  - id: _hr # !! invalid_id applications[0].id
  - id: -hr # !! invalid_id applications[1].id
  - id: ${"a".repeat(129)} # !! invalid_id applications[2].id
feeds:
  - id: h_r # !! invalid_id feeds[0].id
    kind: events
    source: "hr:main" # !! invalid_id feeds[0].source
    tokens: [env:A]
connections:
  - id: "" # !! invalid_id connections[0].id
    connector: scim2
    settings: { baseUrl: "https://a.example", auth: { kind: bearer, token: env:T } }`,

  "durations that are none": chat(`    guard: { window: 1h } # !! invalid_duration connections[0].guard.window
    retry: { giveUpAfter: P1M } # !! invalid_duration connections[0].retry.giveUpAfter
    deprovision:
      deleted: { disable: now, delete: PT0S } # !! invalid_duration connections[0].deprovision.deleted.delete
provisioners:
  connections: [{ connection: chat }]
  compensation: { within: P1Y } # !! invalid_duration provisioners.compensation.within`),

  "networks that are none": `
version: 1
organization: acme
network:
  allowPrivate:
    - 127.0.0.0/8
    - fd00::/8
    - localhost # !! invalid_cidr network.allowPrivate[2]
    - 10.0.0.1 # !! invalid_cidr network.allowPrivate[3]
    - 10.0.0.0/33 # !! invalid_cidr network.allowPrivate[4]`,

  "secrets that are no references": `
version: 1
organization: acme
feeds:
  - id: hr
    kind: events
    source: hr
    tokens:
      - s3cret # !! secret_not_reference feeds[0].tokens[0]
      - env:NOT-A-NAME # !! secret_not_reference feeds[0].tokens[1]
      - file:relative/path # !! secret_not_reference feeds[0].tokens[2]
      - env:GOOD
      - file:/run/secrets/good
  - id: hooks
    kind: wso2-webhook
    source: wso2
    secrets: [s3cret] # !! secret_not_reference feeds[1].secrets[0]
connections:
  - id: chat
    connector: scim2
    settings:
      baseUrl: https://chat.acme.example
      auth: { kind: basic, username: outbound, password: s3cret } # !! secret_not_reference connections[0].settings.auth.password`,

  "attributes that a user does not have": chat(`    mapping:
      userName: { path: username } # !! attribute_unknown connections[0].mapping.userName.path
      title: { path: jobTitle } # !! attribute_unknown connections[0].mapping.title.path
      emails: { path: emails.value } # !! attribute_unknown connections[0].mapping.emails.path
      displayName: { path: active } # !! attribute_unknown connections[0].mapping.displayName.path
      userType: { path: "urn:ietf:params:scim:schemas:core:2.0:User:title" } # !! attribute_unknown connections[0].mapping.userType.path
      locale: { path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User" } # !! attribute_unknown connections[0].mapping.locale.path
      timezone: { path: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:departement" } # !! attribute_unknown connections[0].mapping.timezone.path
applications:
  - id: portal
    requestedAttributes: # no comment
      - userName
      - password # !! attribute_unknown applications[0].requestedAttributes[1]
      - department # !! attribute_unknown applications[0].requestedAttributes[2]`),
};
