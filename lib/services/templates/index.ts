export { listTemplates } from "./list-templates.ts";
