import { defineConfig } from "@playwright/test";
import { base, standIn, use } from "./playwright.base";

// Against a running central: VG_BASE_URL and the logins of e2e/support.ts. Without it, against dev/fake-api.mjs and dist/.
const PORT = Number(process.env.VG_FAKE_PORT ?? 8931);
const given = process.env.VG_BASE_URL;

export default defineConfig({
  ...base,
  testDir: "e2e",
  // What needs the stand-in's story is in *.fake.spec.ts; the rest is true of every central.
  testIgnore: given ? "*.fake.spec.ts" : undefined,
  outputDir: "../../.cache/console-e2e",
  use: use(given, PORT),
  webServer: given ? undefined : standIn("dev/fake-api.mjs", PORT, { VG_FAKE_EVERY_MS: "2500" }),
});
