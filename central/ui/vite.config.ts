import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const API = process.env.VG_API_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/",
  plugins: [react()],
  build: { outDir: "dist", emptyOutDir: true, sourcemap: false, target: "es2022" },
  server: { host: "127.0.0.1", port: 5173, proxy: { "/api": API } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"] },
});
