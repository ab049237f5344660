import type { MemberView } from "#lib/shared/api-types.ts";

/** The roles, from most to least. */
export const roleOptions: readonly { value: MemberView["role"]; label: string; description: string }[] = [
  { value: "owner", label: "Owner", description: "Everything, members and tokens included" },
  { value: "builder", label: "Builder", description: "Builds, publishes, connects" },
  { value: "operator", label: "Operator", description: "Runs, pauses, triages, redrives" },
  { value: "viewer", label: "Viewer", description: "Sees everything, changes nothing" },
];
