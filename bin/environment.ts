import { parseSettings } from "#lib/shared/settings.ts";
import { loadSecretKey } from "./secret-key.ts";

/** Completes the environment of a process that runs alone, to what the supervisor would have given it. */
export async function provideEnvironment(env: NodeJS.ProcessEnv): Promise<void> {
  const settings = parseSettings({ ...env, NODE_ENV: env.NODE_ENV ?? "production" });
  if (settings.databaseUrl === null) {
    throw new Error("DATABASE_URL is not set: a process that runs alone needs a database others share; `sluice start` brings its own");
  }
  Object.assign(process.env, {
    NODE_ENV: settings.nodeEnv,
    NEXT_TELEMETRY_DISABLED: "1",
    SLUICE_BASE_URL: settings.baseUrl,
    SLUICE_SECRET_KEY: await loadSecretKey(settings),
  });
}
