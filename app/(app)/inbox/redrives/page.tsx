import type { Metadata } from "next";
import { RedrivesPage } from "#components/inbox/redrives-page.tsx";

export const metadata: Metadata = { title: "Bulk acts" };

export default function Page() {
  return <RedrivesPage />;
}
