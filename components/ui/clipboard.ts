"use client";

import { announce } from "./live-region.ts";

/**
 * The way for pages that came over plain HTTP from another machine, where browsers hide `navigator.clipboard`. The text goes
 * through the event and not through the field, which would change its line ends.
 */
function copyByEvent(text: string): boolean {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "fixed top-0 opacity-0";
  const give = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.body.append(field);
  window.addEventListener("copy", give, { capture: true });
  field.select();
  const done = document.execCommand("copy");
  window.removeEventListener("copy", give, { capture: true });
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}

async function write(text: string): Promise<boolean> {
  if (!("clipboard" in navigator) || !navigator.clipboard) return copyByEvent(text);
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => copyByEvent(text),
  );
}

/** Puts a text on the clipboard and says so to screen readers; false when the browser did not allow it. */
export async function copyText(text: string): Promise<boolean> {
  const done = await write(text);
  announce(done ? "Copied" : "The browser did not allow copying");
  return done;
}
