import react from "@vitejs/plugin-react";
import { rename } from "node:fs/promises";
import { defineConfig, type Plugin } from "vite";

const API = process.env.VG_DESK_URL ?? "http://127.0.0.1:8090";
const OUT = "dist-desk";

/** The edge agent serves the desk at `/`: its page is the folder's index. */
const asIndex: Plugin = { name: "desk-as-index", apply: "build", closeBundle: () => rename(`${OUT}/desk.html`, `${OUT}/index.html`) };

/** The guard's desk: a bundle of its own, which the edge agent carries in its program. */
export default defineConfig({
  base: "/",
  plugins: [react(), asIndex],
  build: { outDir: OUT, emptyOutDir: true, sourcemap: false, target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 700, rolldownOptions: { input: "desk.html" } },
  server: { host: "127.0.0.1", port: 5174, open: false, proxy: { "/api": { target: API, ws: true } } },
});
