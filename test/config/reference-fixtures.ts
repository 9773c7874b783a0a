import { chat } from "./support.js";

/** Documents whose parts contradict each other or this release. `# !! code path` stands on the line of each problem. */
export const referenceFixtures: Readonly<Record<string, string>> = {
  "ids that are taken": `
version: 1
organization: acme
applications:
  - id: portal
  - id: portal # !! duplicate_id applications[1].id
  - id: console # !! reserved_id applications[2].id
feeds:
  - { id: hr, kind: events, source: hr, tokens: [env:A] }
  - { id: hr, kind: events, source: hr, tokens: [env:B] } # !! duplicate_id feeds[1].id
connections:
  - id: chat
    connector: scim2
    settings: { baseUrl: "https://a.example", auth: { kind: bearer, token: env:T } }
  - id: chat # !! duplicate_id connections[1].id
    connector: scim2
    settings: { baseUrl: "https://b.example", auth: { kind: bearer, token: env:T } }`,

  "lists that name what is not there, or twice": chat(`provisioners:
  connections:
    - connection: chta # !! unknown_connection provisioners.connections[0].connection
    - connection: chat
    - connection: chat # !! duplicate_connection provisioners.connections[2].connection
applications:
  - id: portal
    provisioners:
      connections:
        - connection: wiki # !! unknown_connection applications[0].provisioners.connections[0].connection`),

  "a feed for an application that is not there": `
version: 1
organization: acme
applications: [{ id: hr-portal }]
feeds:
  - id: hr
    kind: events
    source: hr
    application: hr-prtal # !! unknown_application feeds[0].application
    tokens: [env:A]`,

  "a token that opens two feeds": `
version: 1
organization: acme
feeds:
  - { id: a, kind: events, source: hr, tokens: [env:A, env:B] }
  - { id: b, kind: scim, source: hr, tokens: [env:C, env:B] } # !! token_shared feeds[1].tokens[1]
  - { id: c, kind: scim, source: hr, tokens: [s3cret] } # !! secret_not_reference feeds[2].tokens[0]
  - { id: d, kind: scim, source: hr, tokens: [s3cret] } # !! secret_not_reference feeds[3].tokens[0]`,

  "a filter that is empty": chat(`    groupFilter: [] # !! group_filter_empty connections[0].groupFilter`),

  "a filter that was commented out by its entries": chat(
    `    groupFilter: # !! invalid_type connections[0].groupFilter
      # - hr:g-engineering`,
  ),

  "filter groups whose source is not clear": chat(`    groupFilter:
      - g-engineering # !! group_source_missing connections[0].groupFilter[0]
      - hrr:g-design # !! unknown_source connections[0].groupFilter[1]
      - "hr:" # !! invalid_value connections[0].groupFilter[2]
      - hr:g-sales
      - hr:g-sales # !! duplicate_entry connections[0].groupFilter[4]
feeds:
  - { id: hr, kind: events, source: hr, tokens: [env:A] }
  - { id: wso2, kind: scim, source: wso2, tokens: [env:B] }`),

  "a filter where no feed has a source": chat(
    `    groupFilter: [g-engineering] # !! group_source_missing connections[0].groupFilter[0]`,
  ),

  "a filter group that is twice there, once without its source": chat(`    groupFilter:
      - g-engineering
      - hr:g-engineering # !! duplicate_entry connections[0].groupFilter[1]
feeds:
  - { id: hr, kind: events, source: hr, tokens: [env:A] }`),

  "mapping rules without one origin": chat(`    mapping:
      userName: { path: userName, value: ada } # !! mapping_rule connections[0].mapping.userName
      title: { default: Employee } # !! mapping_rule connections[0].mapping.title
      userType: {} # !! mapping_rule connections[0].mapping.userType
      locale: userName # !! invalid_type connections[0].mapping.locale
      nickName:
        cel: user.name # !! mapping_cel_unsupported connections[0].mapping.nickName.cel
      displayName: { value: } # !! invalid_value connections[0].mapping.displayName.value
      profileUrl: { path: profileUrl, defualt: x } # !! unknown_key connections[0].mapping.profileUrl.defualt`),

  "a mapping without what the connector requires, and with what it sets itself":
    chat(`    mapping: # !! mapping_required connections[0].mapping
      active: { value: true } # !! mapping_reserved connections[0].mapping.active
      externalId: { path: userName } # !! mapping_reserved connections[0].mapping.externalId
      title: { path: title }`),

  "connectors that this release does not have": `
version: 1
organization: acme
connections:
  - id: google
    connector: google-workspace # !! connector_not_available connections[0].connector
  - id: crm
    connector: salesforce # !! connector_not_available connections[1].connector
    mapping:
      active: { value: true } # !! mapping_reserved connections[1].mapping.active
  - id: other
    connector: ldap # !! invalid_value connections[2].connector`,

  "settings, by the connector's own schema": `
version: 1
organization: acme
connections:
  - id: chat
    connector: scim2
    settings:
      baseUrl: chat # !! invalid_value connections[0].settings.baseUrl
      baseURL: https://chat.acme.example # !! unknown_key connections[0].settings.baseURL
      auth:
        kind: beerer # !! invalid_value connections[0].settings.auth.kind
  - id: wiki
    connector: scim2
    settings: https://wiki.acme.example # !! invalid_type connections[1].settings`,

  "a fault behind an alias, where the value is written": `
version: 1
organization: acme
provisioners:
  compensation: &bad { within: soon } # !! invalid_duration provisioners.compensation.within; invalid_duration applications[0].provisioners.compensation.within
  connections: []
applications:
  - { id: portal, provisioners: { connections: [], compensation: *bad } }`,
};
