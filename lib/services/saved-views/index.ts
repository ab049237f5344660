export { changeSavedView } from "./change-saved-view.ts";
export { createSavedView } from "./create-saved-view.ts";
export { deleteSavedView } from "./delete-saved-view.ts";
export { listSavedViews } from "./list-saved-views.ts";
export * from "./schemas.ts";
