"use client";

let region: HTMLElement | null = null;

function getRegion(): HTMLElement {
  if (region?.isConnected) return region;
  region = document.createElement("div");
  region.setAttribute("role", "status");
  region.className = "sr-only";
  document.body.append(region);
  return region;
}

/** Tells screen readers something that sighted users see by themselves ("Copied", "12 new runs"). */
export function announce(text: string): void {
  const target = getRegion();
  target.textContent = "";
  // A region that already holds the same text would stay silent.
  requestAnimationFrame(() => {
    target.textContent = text;
  });
}
