"use client";

import { Field, FieldError } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { useForm } from "../form/form-context.ts";
import { Sentence } from "../panel/sentence.tsx";
import { initialLimit, limitFields, wayFields } from "./arrival-fields.ts";
import { type ArrivalWay, limitSentence, wayOf, waySentence } from "./arrival-words.ts";

const path = ["settings", "arrivals"];

const ways: { value: ArrivalWay; label: string; description: string }[] = [
  { value: "each", label: "A run for each", description: "As many as there are events" },
  { value: "debounce", label: "Wait for a quiet moment", description: "Debounce: one run with the last event" },
  { value: "batch", label: "Gather them", description: "Batch: one run for many events" },
  { value: "singleton", label: "One run at a time", description: "Singleton: skip what comes meanwhile, or give way to it" },
];

/** What becomes of events that come faster than there should be runs. */
export function ArrivalsSection({ value }: { value: JsonValue | undefined }) {
  const form = useForm();
  const arrivals = isJsonObject(value) ? value : {};
  const way = wayOf(arrivals);
  const put = (next: JsonObject) => form.set(path, Object.keys(next).length === 0 ? undefined : next);
  const choose = (chosen: ArrivalWay) => {
    const { debounce: _d, batch: _b, singleton: _s, ...rest } = arrivals;
    put(chosen === "each" ? rest : { ...rest, [chosen]: wayFields[chosen].initial });
  };
  const { limit, ...others } = arrivals;
  const [said, saidOfLimit] = [waySentence(arrivals), limitSentence(arrivals)];
  return (
    <div className="flex flex-col gap-4">
      <div data-field="settings.arrivals" className="flex flex-col gap-3">
        <Field label="What is done with them">
          <Select options={ways} value={way} onValueChange={choose} disabled={form.readOnly} className="max-w-72" />
        </Field>
        {said === "" ? null : <Sentence>{said}</Sentence>}
        {way === "each" ? null : <Control name={way} fields={wayFields[way].fields} value={arrivals[way]} />}
      </div>
      <div className="flex flex-col gap-3">
        <Switch
          checked={limit !== undefined}
          disabled={form.readOnly}
          onCheckedChange={(on) => put(on ? { ...others, limit: initialLimit } : others)}
          label="Drop what is above a limit"
          description="For events of which only some matter, such as readings and reminders."
        />
        {saidOfLimit === "" ? null : <Sentence>{saidOfLimit}</Sentence>}
        {limit === undefined ? null : <Control name="limit" fields={limitFields} value={limit} />}
      </div>
    </div>
  );
}

function Control({ name, fields, value }: { name: string; fields: typeof limitFields; value: JsonValue | undefined }) {
  const form = useForm();
  const own = [...path, name];
  return (
    <div data-field={own.join(".")} className="flex flex-col gap-4">
      <FieldError message={form.errorAt(own)} />
      <form.Fields fields={fields} path={own} value={isJsonObject(value) ? value : {}} />
    </div>
  );
}
