import type { JsonValue } from "#lib/shared/json.ts";
import type { FormField } from "./form-model.ts";
import type { Path } from "./paths.ts";

/** What every widget gets. */
export interface WidgetProps {
  field: FormField;
  path: Path;
  value: JsonValue | undefined;
}
