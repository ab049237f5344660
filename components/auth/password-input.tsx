"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { Input } from "#components/ui/input.tsx";

/** A password with a button to show it. */
export function PasswordInput(props: Omit<ComponentProps<"input">, "type" | "className">) {
  const [shown, setShown] = useState(false);
  return (
    <span className="relative block">
      <Input {...props} type={shown ? "text" : "password"} className="h-9 pr-10" autoCapitalize="none" spellCheck={false} />
      <IconButton
        label={shown ? "Hide password" : "Show password"}
        aria-pressed={shown}
        icon={shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
        onClick={() => setShown(!shown)}
        className="absolute top-1 right-1"
      />
    </span>
  );
}
