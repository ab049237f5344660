"use client";

import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";
import { useSession } from "#components/api/session.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
import { Facts } from "#components/ui/facts.tsx";
import { Field } from "#components/ui/field.tsx";
import { formatAbsolute } from "#components/ui/format.ts";
import { useNow } from "#components/ui/now.ts";
import { Panel } from "#components/ui/panel.tsx";
import { resolveZone, setPreferences, usePreferences, useZone } from "#components/ui/preferences.ts";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { PasswordPanel } from "./password-panel.tsx";

const themeOptions = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

const clockOptions = [
  { value: "24", label: "24 hours (14:05)" },
  { value: "12", label: "12 hours (2:05 pm)" },
] as const;

const densityOptions = [
  { value: "dense", label: "Dense (36 px rows)" },
  { value: "comfortable", label: "Comfortable (44 px rows)" },
] as const;

export function ProfilePage() {
  const { user, role, workspace } = useSession();
  return (
    <div className="flex max-w-2xl flex-col gap-4 p-4 md:p-6">
      <Panel title="You">
        <Facts
          facts={[
            { name: "Name", value: user.name },
            { name: "E-mail", value: user.email },
            { name: "Role", value: <span className="capitalize">{role}</span> },
            { name: "Workspace", value: workspace.name },
          ]}
        />
      </Panel>
      <DisplayPanel />
      <KeyboardPanel />
      <PasswordPanel email={user.email} />
    </div>
  );
}

function zoneOptions() {
  const browser = { value: "browser", label: `As the browser (${resolveZone("browser")})` };
  const all = Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, label: zone }));
  return [browser, { value: "UTC", label: "UTC" }, ...all.filter((zone) => zone.value !== "UTC")];
}

const never = () => () => undefined;

function DisplayPanel() {
  const { theme, setTheme } = useTheme();
  // The server does not know the theme: it is drawn once the browser does.
  const mounted = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const preferences = usePreferences();
  const zone = useZone();
  const now = useNow();
  return (
    <Panel title="Display" description="Kept in this browser; takes effect at once.">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Theme">
          <Select
            options={themeOptions}
            value={mounted ? (themeOptions.find((each) => each.value === theme)?.value ?? "system") : null}
            onValueChange={setTheme}
          />
        </Field>
        <Field label="Rows">
          <Select options={densityOptions} value={preferences.density} onValueChange={(density) => setPreferences({ density })} />
        </Field>
        <Field label="Time zone" help={`Now: ${formatAbsolute(now, zone, preferences.hour12)}`}>
          <Combobox
            options={zoneOptions()}
            value={preferences.zone}
            onValueChange={(next) => setPreferences({ zone: next ?? "browser" })}
          />
        </Field>
        <Field label="Clock">
          <Select
            options={clockOptions}
            value={preferences.hour12 ? "12" : "24"}
            onValueChange={(clock) => setPreferences({ hour12: clock === "12" })}
          />
        </Field>
      </div>
    </Panel>
  );
}

function KeyboardPanel() {
  const { shortcuts } = usePreferences();
  return (
    <Panel title="Keyboard">
      <Switch
        checked={shortcuts}
        onCheckedChange={(on) => setPreferences({ shortcuts: on })}
        label="Single-letter shortcuts"
        description="j, k, e, g w and the like. Combinations with Ctrl or ⌘ always work."
      />
    </Panel>
  );
}
