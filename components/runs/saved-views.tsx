"use client";

import { Bookmark } from "lucide-react";
import { useRouter, useSearchParams } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button, buttonClass } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Menu, type MenuEntry } from "#components/ui/menu.tsx";
import { useStored } from "#components/ui/stored.ts";
import { toast } from "#components/ui/toast.tsx";

interface SavedView {
  name: string;
  /** The filters as they stand in the address. */
  search: string;
}

const none: SavedView[] = [];

function isViews(value: unknown): value is SavedView[] {
  return Array.isArray(value) && value.every((each) => typeof each?.name === "string" && typeof each?.search === "string");
}

/** The filters, without what belongs to one look only. */
function filtersOf(search: URLSearchParams): string {
  const filters = new URLSearchParams(search);
  filters.delete("peek");
  return filters.toString();
}

/** Filters under a name. They are kept in this browser; to share one, share the address. */
export function SavedViews() {
  const router = useRouter();
  const search = filtersOf(useSearchParams());
  const [views, setViews] = useStored("sluice.runs.views", none, isViews);
  const [naming, setNaming] = useState(false);
  const current = views.find((view) => view.search === search);
  const remove = (gone: SavedView) => {
    setViews(views.filter((view) => view !== gone));
    toast.success(`View “${gone.name}” removed`, { action: { label: "Undo", onClick: () => setViews(views) } });
  };
  const entries: MenuEntry[] = [
    { type: "heading", label: views.length === 0 ? "No view saved in this browser yet" : "Saved in this browser" },
    ...views.map(
      (view): MenuEntry => ({
        type: "choice",
        label: view.name,
        checked: view === current,
        onSelect: () => router.push(view.search === "" ? "/runs" : `/runs?${view.search}`),
      }),
    ),
    { type: "separator" },
    { label: "Save this view", disabledReason: current ? `It is saved as “${current.name}”` : null, onSelect: () => setNaming(true) },
    ...(current ? [{ label: `Remove “${current.name}”`, danger: true, onSelect: () => remove(current) }] : []),
  ];
  return (
    <>
      <Menu
        entries={entries}
        trigger={
          <button type="button" className={buttonClass({ size: "sm" })}>
            <Bookmark aria-hidden className="text-fg-subtle" />
            {current?.name ?? "Views"}
          </button>
        }
      />
      {naming ? (
        <NameDialog
          onClose={() => setNaming(false)}
          onName={(name) => {
            setViews([...views.filter((view) => view.name !== name), { name, search }]);
            setNaming(false);
          }}
        />
      ) : null}
    </>
  );
}

function NameDialog({ onClose, onName }: { onClose: () => void; onName: (name: string) => void }) {
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") onName(name.trim());
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Save this view"
      description="The filters under a name, in this browser. To share them, share the address of the page."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            type="submit"
            form="save-view"
            variant="primary"
            disabledReason={name.trim() === "" ? "Give it a name first" : null}
          >
            Save view
          </Button>
        </>
      }
    >
      <form id="save-view" onSubmit={submit}>
        <Field label="Name" help="A view of the same name is replaced.">
          <Input value={name} maxLength={60} onChange={(event) => setName(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
