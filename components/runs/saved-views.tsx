"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Users } from "lucide-react";
import { useRouter, useSearchParams } from "next/navigation";
import { type FormEvent, useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button, buttonClass } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Menu, type MenuEntry } from "#components/ui/menu.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { SavedViewView } from "#lib/shared/saved-view-types.ts";
import { addressOf, filtersOf, isEdited, savedParam } from "./saved-view-address.ts";
import { savedViewsQuery } from "./saved-view-queries.ts";

/** Filters under a name: one's own, and those the team shares. The address tells which one is open. */
export function SavedViews() {
  const router = useRouter();
  const params = useSearchParams();
  const search = filtersOf(params);
  const views = useQuery(savedViewsQuery);
  const [naming, setNaming] = useState(false);
  const { save, remove } = useChanges();
  const denied = useDenied("runs:write");
  const all = views.data?.items ?? [];
  const current = all.find((view) => view.id === params.get(savedParam));
  const edited = current !== undefined && isEdited(current, search);
  const mayChange = current?.shared ? denied : null;
  const choice = (view: SavedViewView): MenuEntry => ({
    type: "choice",
    label: view.name,
    checked: view === current,
    onSelect: () => router.push(addressOf(view)),
  });
  const group = (label: string, own: SavedViewView[]): MenuEntry[] =>
    own.length === 0 ? [] : [{ type: "heading", label }, ...own.map(choice)];
  const entries: MenuEntry[] = [
    ...group(
      "Mine",
      all.filter((view) => !view.shared),
    ),
    ...group(
      "The team's",
      all.filter((view) => view.shared),
    ),
    ...(all.length === 0
      ? [{ type: "heading", label: views.isError ? "The views could not be loaded" : "No view saved yet" } as const]
      : []),
    { type: "separator" },
    ...(current && edited
      ? [
          {
            label: `Save the changes to “${current.name}”`,
            disabledReason: mayChange,
            onSelect: () => save.mutate({ id: current.id, search }),
          },
          { label: `Back to “${current.name}” as saved`, onSelect: () => router.push(addressOf(current)) },
        ]
      : []),
    { label: "Save as a new view", onSelect: () => setNaming(true) },
    ...(current
      ? [{ label: `Remove “${current.name}”`, danger: true, disabledReason: mayChange, onSelect: () => remove.mutate(current) }]
      : []),
  ];
  return (
    <>
      <Menu
        entries={entries}
        trigger={
          <button type="button" className={buttonClass({ size: "sm" })}>
            {current?.shared ? <Users aria-hidden className="text-fg-subtle" /> : <Bookmark aria-hidden className="text-fg-subtle" />}
            <span className="max-sm:sr-only">{current?.name ?? "Views"}</span>
            {edited ? <Badge tone="amber">Edited</Badge> : null}
          </button>
        }
      />
      {naming ? <NameDialog search={search} onClose={() => setNaming(false)} /> : null}
    </>
  );
}

function useChanges() {
  const client = useQueryClient();
  const router = useRouter();
  const refetch = () => client.invalidateQueries({ queryKey: savedViewsQuery.queryKey });
  const onError = (error: Error) => toast.error("The view could not be changed", { description: messageOf(error) });
  const again = useMutation({
    mutationFn: ({ name, search, shared, screen }: SavedViewView) => api.post("/saved-views", { name, search, shared, screen }),
    onError,
    onSettled: refetch,
  });
  const save = useMutation({
    mutationFn: ({ id, search }: { id: string; search: string }) => api.patch(`/saved-views/${id}`, { search }),
    onSuccess: () => toast.success("View saved"),
    onError,
    onSettled: refetch,
  });
  const remove = useMutation({
    mutationFn: (view: SavedViewView) => api.delete(`/saved-views/${view.id}`),
    onSuccess: (_, view) => {
      router.replace(view.search === "" ? "/runs" : `/runs?${view.search}`);
      toast.success(`View “${view.name}” removed`, { action: { label: "Undo", onClick: () => again.mutate(view) } });
    },
    onError,
    onSettled: refetch,
  });
  return { save, remove };
}

function NameDialog({ search, onClose }: { search: string; onClose: () => void }) {
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const router = useRouter();
  const client = useQueryClient();
  const denied = useDenied("runs:write");
  const create = useMutation({
    mutationFn: () => api.post<SavedViewView>("/saved-views", { screen: "runs", name: name.trim(), search, shared }),
    onSuccess: async (view) => {
      await client.invalidateQueries({ queryKey: savedViewsQuery.queryKey });
      onClose();
      router.replace(addressOf(view));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") create.mutate();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Save these filters as a view"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            type="submit"
            form="name-view"
            variant="primary"
            loading={create.isPending}
            disabledReason={name.trim() === "" ? "Give it a name" : null}
          >
            Save view
          </Button>
        </>
      }
    >
      <form id="name-view" onSubmit={submit} className="flex flex-col gap-3">
        <Field label="Name">
          <Input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Checkbox
          label={denied ? "For the whole team: your role may only keep views for yourself" : "For the whole team"}
          checked={shared}
          disabled={denied !== null}
          onCheckedChange={setShared}
        />
        <ErrorLine error={create.error} />
      </form>
    </Dialog>
  );
}
