import "./styles/index.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyTheme } from "../shell/theme";
import { createQueryClient } from "./api/queries";
import { App } from "./app";
import { CrashBoundary } from "./crash";
import { startI18n } from "./i18n";

applyTheme();
await startI18n();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CrashBoundary>
        <QueryClientProvider client={createQueryClient()}>
          <App />
        </QueryClientProvider>
      </CrashBoundary>
    </StrictMode>,
  );
}
