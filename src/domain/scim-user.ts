/** Simple attributes of a SCIM user beside `userName` and `active` (RFC 7643 §4.1.1), in their exact spelling. */
export const simpleUserAttributes = [
  "displayName",
  "nickName",
  "profileUrl",
  "title",
  "userType",
  "preferredLanguage",
  "locale",
  "timezone",
] as const;

/** Multi-valued attributes of a SCIM user (RFC 7643 §4.1.2), `groups` apart. */
export const listUserAttributes = [
  "emails",
  "phoneNumbers",
  "ims",
  "photos",
  "addresses",
  "entitlements",
  "roles",
  "x509Certificates",
] as const;
