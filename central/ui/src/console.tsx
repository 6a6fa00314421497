import "./styles/index.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { Tooltip } from "radix-ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { createQueryClient } from "./api/queries";
import { App } from "./app";
import { startI18n } from "./i18n";
import { CrashBoundary } from "./shell/crash";

/** The console of those who sign in. */
export async function start(root: HTMLElement): Promise<void> {
  await startI18n();
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
