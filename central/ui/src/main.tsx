import "./styles/index.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { createQueryClient } from "./api/queries";
import { App } from "./app";
import { startI18n } from "./i18n";
import { applyTheme } from "./shell/theme";
import { CrashBoundary } from "./shell/crash";

applyTheme();
await startI18n();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CrashBoundary>
        <QueryClientProvider client={createQueryClient()}>
          <Tooltip.Provider delayDuration={350}>
            <BrowserRouter>
              <App />
            </BrowserRouter>
          </Tooltip.Provider>
        </QueryClientProvider>
      </CrashBoundary>
    </StrictMode>,
  );
}
