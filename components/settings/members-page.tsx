"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { useDenied, useSession } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { ErrorLine, ErrorState } from "#components/ui/error-state.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { MemberView } from "#lib/shared/api-types.ts";
import { AddMemberDialog } from "./add-member-dialog.tsx";
import { membersQuery } from "./queries.ts";
import { roleOptions } from "./roles.ts";

export function MembersPage() {
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<MemberView | null>(null);
  const denied = useDenied("members:write");
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 py-4 md:px-6">
        <p className="max-w-xl text-fg-muted">Who may do what in this workspace. A change of role holds at once.</p>
        <Button variant="primary" icon={<Plus aria-hidden />} disabledReason={denied} onClick={() => setAdding(true)}>
          Add member
        </Button>
      </div>
      <MemberList onRemove={setRemoving} />
      {adding ? <AddMemberDialog onClose={() => setAdding(false)} /> : null}
      {removing ? <RemoveDialog member={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

function MemberList({ onRemove }: { onRemove: (member: MemberView) => void }) {
  const members = useQuery(membersQuery);
  const denied = useDenied("members:write");
  const { user } = useSession();
  if (members.isPending) return <SkeletonRows rows={3} label="Loading members" />;
  if (!members.data) {
    return (
      <ErrorState
        title="The members could not be loaded"
        error={members.error}
        onRetry={() => void members.refetch()}
        retrying={members.isFetching}
      />
    );
  }
  const columns: Column<MemberView>[] = [
    {
      id: "name",
      header: "Name",
      cell: (member) => (
        <span className="font-medium">
          {member.name}
          {member.userId === user.id ? <span className="ml-1 font-normal text-fg-subtle">you</span> : null}
        </span>
      ),
    },
    {
      id: "email",
      header: "E-mail",
      className: "hidden sm:table-cell",
      cell: (member) => <span className="text-fg-muted">{member.email}</span>,
    },
    { id: "role", header: "Role", className: "w-40", cell: (member) => <RoleCell member={member} denied={denied} /> },
    {
      id: "since",
      header: "Since",
      align: "right",
      className: "hidden md:table-cell",
      cell: (member) => <Time at={member.createdAt} className="text-fg-muted" />,
    },
    {
      id: "remove",
      header: <span className="sr-only">Actions</span>,
      align: "right",
      cell: (member) => (
        <Button size="sm" variant="danger-ghost" className="-mr-2" disabledReason={denied} onClick={() => onRemove(member)}>
          Remove
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      label="Members"
      rows={members.data.items}
      columns={columns}
      rowKey={(member) => member.userId}
      rowName={(member) => member.name}
    />
  );
}

function RoleCell({ member, denied }: { member: MemberView; denied: string | null }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (role: MemberView["role"]) => api.patch(`/members/${member.userId}`, { role }),
    onSuccess: () => toast.success(`Role of ${member.name} changed`),
    onError: (error) => toast.error("The role could not be changed", { description: messageOf(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: ["members"] }),
  });
  return (
    <Select
      aria-label={`Role of ${member.name}`}
      size="sm"
      className="w-32"
      options={roleOptions}
      value={change.isPending ? change.variables : member.role}
      onValueChange={(role) => change.mutate(role)}
      disabled={denied !== null}
    />
  );
}

function RemoveDialog({ member, onClose }: { member: MemberView; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`/members/${member.userId}`),
    onSuccess: async () => {
      onClose();
      toast.success(`${member.name} removed`);
      await client.invalidateQueries({ queryKey: ["members"] });
    },
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Remove ${member.name}?`}
      confirmLabel="Remove member"
      danger
      loading={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      <p>Their sessions and the API tokens they made stop working at once. What they built stays.</p>
      <ErrorLine error={remove.error} />
    </ConfirmDialog>
  );
}
