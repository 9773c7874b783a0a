import { describe, expect, it } from "@jest/globals";
import { printable, printableJson, printableValue } from "../../src/cli/printable.js";

describe("what is printed", () => {
  it.each([
    ["an escape sequence", "\u001b[31mred", "\\u001b[31mred"],
    ["the one-byte form of it", "\u009b31m", "\\u009b31m"],
    ["a line break", "a\nb", "a\\u000ab"],
    ["a right-to-left override", "a\u202eb", "a\\u202eb"],
    ["letters of any script", "Åda 李 •", "Åda 李 •"],
  ])("shows %s without obeying it", (_what, text, expected) => {
    expect(printable(text)).toBe(expected);
    expect(printableValue({ [text]: [text, 1, null] })).toEqual({ [expected]: [expected, 1, null] });
  });

  it("is JSON with the same value, whatever is in it", () => {
    const value = { text: "a\u001b\u009b\u202e\u2028\n", list: ["\u0007"] };
    const text = printableJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).toMatch(/^[\n\x20-\x7e]+$/);
  });
});
