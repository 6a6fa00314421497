import { defineConfig } from "@playwright/test";

// Against a running edge agent: VG_DESK_URL and the login of e2e-desk/support.ts. Without it, against dev/fake-desk.mjs and dist-desk/.
const FAKE_PORT = 8932;
const given = process.env.VG_DESK_URL;

export default defineConfig({
  testDir: "e2e-desk",
  // What needs the stand-in's story is in *.fake.spec.ts; the rest is true of every desk.
  testIgnore: given ? "*.fake.spec.ts" : undefined,
  outputDir: "../../.cache/desk-e2e",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    baseURL: given ?? `http://127.0.0.1:${FAKE_PORT}`,
    locale: "vi-VN",
    timezoneId: "America/New_York",
    viewport: { width: 1366, height: 768 },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.VG_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
  webServer: given
    ? undefined
    : { command: `node dev/fake-desk.mjs ${FAKE_PORT}`, url: `http://127.0.0.1:${FAKE_PORT}/`, reuseExistingServer: false },
});
