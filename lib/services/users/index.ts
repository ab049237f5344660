export { createUser } from "./create-user.ts";
export { ensureWorkspace } from "./ensure-workspace.ts";
export { hashPassword, passwordLength, verifyPassword } from "./password.ts";
export { resetPassword } from "./reset-password.ts";
export * from "./schemas.ts";
