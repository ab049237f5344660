import type { Metadata } from "next";
import { ProfilePage } from "#components/settings/profile-page.tsx";

export const metadata: Metadata = { title: "Profile · Settings" };

export default function Page() {
  return <ProfilePage />;
}
