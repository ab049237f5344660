import { expect, it } from "vitest";
import { typesCharacter } from "./shortcuts.ts";

it("tells keys that type a character from those that do not", () => {
  for (const keys of ["j", "g w", "/", "+", ".", "Shift+J", "Shift+?", "Shift+Digit1", "Shift+Equal", "0"]) {
    expect(typesCharacter(keys), keys).toBe(true);
  }
  for (const keys of ["Escape", "Delete", "F2", "ArrowUp", "$mod+z", "$mod+Shift+z", "$mod+Enter", "Enter"]) {
    expect(typesCharacter(keys), keys).toBe(false);
  }
});
