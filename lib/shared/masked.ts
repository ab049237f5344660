/** What stands where a secret was. */
export const masked = "[masked]";
