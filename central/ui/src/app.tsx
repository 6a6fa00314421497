import { useEffect } from "react";
import { Route, Routes } from "react-router";
import { useSession } from "./api/queries";
import { chooseLanguage, storedLanguage } from "./i18n";
import { LiveProvider } from "./live/provider";
import { AdminPage } from "./pages/admin/admin";
import { AlertsPage } from "./pages/alerts/alerts";
import { FeedPage } from "./pages/feed/feed";
import { HealthPage } from "./pages/health/health";
import { NotFoundPage } from "./pages/not-found";
import { PassagePage } from "./pages/passage/passage";
import { QuarantinePage } from "./pages/quarantine";
import { SignInPage } from "./pages/sign-in";
import { Shell } from "./shell/shell";
import { Failed } from "./ui/states";

export function App() {
  const session = useSession();
  const user = session.data;

  useEffect(() => {
    if (user && !storedLanguage()) chooseLanguage(user.language, false);
  }, [user]);

  if (session.isPending) return <div className="boot" aria-busy="true" />;
  if (user === undefined) {
    return (
      <main className="boot">
        {session.error && <Failed error={session.error} retry={() => void session.refetch()} />}
      </main>
    );
  }
  if (user === null) return <SignInPage />;
  return (
    <LiveProvider>
      <Routes>
        <Route element={<Shell user={user} />}>
          <Route index element={<FeedPage />} />
          <Route path="passages/:id" element={<PassagePage />} />
          <Route path="alerts" element={<AlertsPage />} />
          <Route path="cameras" element={<HealthPage />} />
          <Route path="quarantine" element={<QuarantinePage />} />
          <Route path="admin" element={<AdminPage />} />
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </LiveProvider>
  );
}
