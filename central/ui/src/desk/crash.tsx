import i18next from "i18next";
import { Component, type ReactNode } from "react";
import type { Text } from "./i18n";

/** The last resort: a page that failed says so and reloads by hand, instead of going white before a queue. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    const t = i18next.getFixedT(i18next.language, "desk" as "translation") as unknown as Text;
    return (
      <div className="boot" role="alert">
        <div className="empty">
          <p className="empty-title">{t("app.crash")}</p>
          <button type="button" className="button button-primary" onClick={() => window.location.reload()}>
            {t("app.reload")}
          </button>
        </div>
      </div>
    );
  }
}
