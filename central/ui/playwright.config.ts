import { defineConfig } from "@playwright/test";

// Against a running central: VG_BASE_URL and the logins of e2e/support.ts. Without it, against dev/fake-api.mjs and dist/.
const FAKE_PORT = 8931;
const given = process.env.VG_BASE_URL;

export default defineConfig({
  testDir: "e2e",
  outputDir: "../../.cache/console-e2e",
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
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: given
    ? undefined
    : {
        command: `node dev/fake-api.mjs ${FAKE_PORT}`,
        env: { VG_FAKE_EVERY_MS: "2500" },
        url: `http://127.0.0.1:${FAKE_PORT}/`,
        reuseExistingServer: false,
      },
});
