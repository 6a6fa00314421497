import { CloudOff, RotateCw } from "lucide-react";
import { Empty } from "../ui/states";
import { useSession } from "./api/queries";
import { whyOf } from "./acts/errors";
import { useText } from "./i18n";
import { DeskPage } from "./page/desk";
import { SignInPage } from "./page/sign-in";
import { DeskProvider } from "./state/provider";
import { DeskError } from "./api/client";

export function App() {
  const { t } = useText();
  const session = useSession();
  // No list yet: the sign-in page says so, and what to do.
  if (session.error instanceof DeskError && session.error.code === "no_list") return <SignInPage />;
  if (session.error && session.data === undefined) return <Away why={whyOf(session.error, t)} retry={() => void session.refetch()} />;
  if (session.data === undefined) return <Away why={null} retry={() => void session.refetch()} />;
  if (session.data === null) return <SignInPage />;
  return (
    <DeskProvider
      key={session.data.user}
      session={session.data}
      waiting={(connection, retry) => <Away why={connection.state === "lost" ? t("error.unreachable") : null} retry={retry} />}
    >
      <DeskPage />
    </DeskProvider>
  );
}

/** Before the first state: loading, or why there is none. */
function Away({ why, retry }: { why: string | null; retry: () => void }) {
  const { t } = useText();
  return (
    <main className="boot" role={why ? "alert" : "status"}>
      {why ? (
        <Empty icon={CloudOff} title={t("connection.lost")} hint={why}>
          <button type="button" className="button" onClick={retry}>
            <RotateCw aria-hidden="true" />
            {t("connection.retry")}
          </button>
        </Empty>
      ) : (
        <span className="quiet">{t("app.loading")}…</span>
      )}
    </main>
  );
}
