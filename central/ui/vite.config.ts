import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const API = process.env.VG_API_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/",
  plugins: [react()],
  // One script on purpose: a page that has not been opened yet must still open while the line is down.
  build: { outDir: "dist", emptyOutDir: true, sourcemap: false, target: "es2019", assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": API } },
  preview: { host: "127.0.0.1", port: 4173, proxy: { "/api": API } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"] },
});
