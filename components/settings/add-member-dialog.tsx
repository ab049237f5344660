"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Controller, useForm } from "react-hook-form";
import * as z from "zod";
import { api, problemFor } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { MemberView } from "#lib/shared/api-types.ts";
import { roleOptions } from "./roles.ts";

const minPassword = 10;

const formSchema = z.object({
  name: z.string().trim().min(1, "Enter a name").max(120),
  email: z.email("Enter an e-mail address"),
  role: z.enum(["owner", "builder", "operator", "viewer"]),
  password: z.string().refine((text) => text === "" || text.length >= minPassword, `At least ${minPassword} characters`),
});
type MemberForm = z.infer<typeof formSchema>;

/** Adds a person. There is no mail needed: the owner sets a first password and hands it over. */
export function AddMemberDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const { register, control, handleSubmit, formState } = useForm<MemberForm>({
    resolver: zodResolver(formSchema),
    defaultValues: { name: "", email: "", role: "builder", password: "" },
  });
  const add = useMutation({
    mutationFn: ({ password, ...input }: MemberForm) => api.post<MemberView>("/members", password === "" ? input : { ...input, password }),
    onSuccess: async (member) => {
      onClose();
      toast.success(`${member.name} added`);
      await client.invalidateQueries({ queryKey: ["members"] });
    },
  });
  const submit = handleSubmit((input) => add.mutate(input));
  const errorOf = (field: keyof MemberForm) => formState.errors[field]?.message ?? problemFor(add.error, field);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Add member"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button data-confirm variant="primary" loading={add.isPending} onClick={() => void submit()}>
            Add member
          </Button>
        </>
      }
    >
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4" noValidate>
        <Field label="Name" error={errorOf("name")}>
          <Input {...register("name")} autoComplete="off" />
        </Field>
        <Field label="E-mail" error={errorOf("email")}>
          <Input {...register("email")} type="email" autoComplete="off" />
        </Field>
        <Controller
          control={control}
          name="role"
          render={({ field }) => (
            <Field label="Role">
              <Select options={roleOptions} value={field.value} onValueChange={field.onChange} />
            </Field>
          )}
        />
        <Field
          label="First password"
          help="Hand it over; they can change it. Leave it empty for somebody who has an account already."
          error={errorOf("password")}
        >
          <Input {...register("password")} type="password" autoComplete="new-password" />
        </Field>
        <ErrorLine error={add.error} />
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
    </Dialog>
  );
}
