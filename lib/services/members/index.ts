export { addMember } from "./add-member.ts";
export { changeRole } from "./change-role.ts";
export { listMembers } from "./list-members.ts";
export { removeMember } from "./remove-member.ts";
export * from "./schemas.ts";
