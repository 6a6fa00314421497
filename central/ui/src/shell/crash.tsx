import i18next from "i18next";
import { Component, type ReactNode } from "react";

interface State {
  crashed: boolean;
}

/** The last resort: a page that failed says so, instead of going white. */
export class CrashBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { crashed: false };

  static getDerivedStateFromError(): State {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return (
      <div className="boot" role="alert">
        <div className="empty">
          <p className="empty-title">{i18next.t("state.crash")}</p>
          <p className="empty-hint">{i18next.t("state.crash_hint")}</p>
          <button type="button" className="button button-primary" onClick={() => window.location.reload()}>
            {i18next.t("state.reload")}
          </button>
        </div>
      </div>
    );
  }
}
