import type { Metadata } from "next";
import { RedrivesPage } from "#components/inbox/redrives-page.tsx";

export const metadata: Metadata = { title: "Bulk redrives" };

export default function Page() {
  return <RedrivesPage />;
}
