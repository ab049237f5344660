import type { Metadata } from "next";
import { ButtonLink } from "#components/ui/button.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-4 px-4 text-center">
      <div>
        <h1 className="font-semibold text-xl">There is no such page</h1>
        <p className="mt-1 text-fg-muted">The address is mistyped, or what it showed was removed.</p>
      </div>
      <ButtonLink href="/workflows" variant="primary">
        Go to the workflows
      </ButtonLink>
    </main>
  );
}
