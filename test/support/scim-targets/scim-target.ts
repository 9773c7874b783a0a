/** A SCIM server that a test has started. */
export interface ScimTarget {
  /** The SCIM root. */
  readonly url: string;
  /** The bearer token that opens it. */
  readonly token: string;
  /** Its users as it shows them. */
  users(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}
