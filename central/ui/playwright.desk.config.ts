import { defineConfig } from "@playwright/test";
import { base, standIn, use } from "./playwright.base";

// Against a running edge agent: VG_DESK_URL and the login of e2e-desk/support.ts. Without it, against dev/fake-desk.mjs and dist-desk/.
const PORT = 8932;
const given = process.env.VG_DESK_URL;

export default defineConfig({
  ...base,
  testDir: "e2e-desk",
  // What needs the stand-in's story is in *.fake.spec.ts; the rest is true of every desk.
  testIgnore: given ? "*.fake.spec.ts" : undefined,
  outputDir: "../../.cache/desk-e2e",
  use: use(given, PORT),
  webServer: given ? undefined : standIn("dev/fake-desk.mjs", PORT),
});
