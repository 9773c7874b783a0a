/** The spelling of a secret reference: `env:NAME` or `file:/absolute/path`. */
export const secretReferencePattern = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:\/[^/\0\r\n][^\0\r\n]*)$/;

/** A reference, taken apart. */
export type ParsedSecretReference =
  { readonly kind: "env"; readonly name: string } | { readonly kind: "file"; readonly path: string };

/** Takes a reference apart; null when the text is none (then it may be a secret itself: never show it). */
export function parseSecretReference(text: string): ParsedSecretReference | null {
  if (!secretReferencePattern.test(text)) return null;
  return text.startsWith("env:")
    ? { kind: "env", name: text.slice("env:".length) }
    : { kind: "file", path: text.slice("file:".length) };
}
