import type { PlaywrightTestConfig } from "@playwright/test";

/** What the browser tests of the console and of the guard's desk share. The zone is a foreign one on purpose: times must not follow the browser. */
export const base = {
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
} satisfies PlaywrightTestConfig;

/** `given` is the address of running programs; without it, the stand-in on `port`. */
export const use = (given: string | undefined, port: number): PlaywrightTestConfig["use"] => ({
  baseURL: given ?? `http://127.0.0.1:${port}`,
  locale: "vi-VN",
  timezoneId: "America/New_York",
  viewport: { width: 1366, height: 768 },
  trace: "retain-on-failure",
  screenshot: "only-on-failure",
  launchOptions: {
    executablePath: process.env.VG_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  },
});

/** The stand-in as Playwright starts and stops it. */
export const standIn = (script: string, port: number, env: Record<string, string> = {}): PlaywrightTestConfig["webServer"] => ({
  command: `node ${script} ${port}`,
  env,
  url: `http://127.0.0.1:${port}/`,
  reuseExistingServer: false,
});
