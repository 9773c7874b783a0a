const unsafe =
  // eslint-disable-next-line no-control-regex -- control characters are what must not reach a terminal
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A text without anything that steers a terminal: control and direction characters come out as `\u001b`. */
export function printable(text: string): string {
  return text.replace(unsafe, escaped);
}

/** A reply with every text in it printable; names and texts of sources and targets are nobody's to trust. */
export function printableValue<T>(value: T): T {
  const clean = (one: unknown): unknown => {
    if (typeof one === "string") return printable(one);
    if (Array.isArray(one)) return one.map(clean);
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, item]) => [printable(key), clean(item)]));
  };
  return clean(value) as T;
}

/** JSON for terminals and pipes: indented by two, and what steers a terminal escaped, which changes no value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(unsafe, (character) =>
    character === "\n" ? character : escaped(character),
  );
}
