import { useEffect } from "react";
import { Navigate, Route, Routes } from "react-router";
import { useSession } from "./api/queries";
import { chooseLanguage, storedLanguage } from "./i18n";
import { LiveProvider } from "./live/provider";
import { AccessPage } from "./pages/accesses/detail";
import { AccessesPage } from "./pages/accesses/accesses";
import { AdminPage } from "./pages/admin/admin";
import { AlertsPage } from "./pages/alerts/alerts";
import { FeedPage } from "./pages/feed/feed";
import { ExportsPage } from "./pages/figures/exports";
import { FiguresPage } from "./pages/figures/figures";
import { ReportsPage } from "./pages/figures/reports";
import { GatesPage } from "./pages/gates/gates";
import { HealthPage } from "./pages/health/health";
import { ChecksPage } from "./pages/identity/checks";
import { VerifyPage } from "./pages/identity/verify";
import { InsidePage } from "./pages/inside/inside";
import { MusterPage } from "./pages/inside/muster";
import { StaysPage } from "./pages/inside/stays";
import { ReviewPage } from "./pages/review/review";
import { GroupsPage } from "./pages/members/groups";
import { ImportPage } from "./pages/members/import";
import { PeoplePage, VehiclesPage } from "./pages/members/members";
import { PassesPage } from "./pages/members/passes";
import { NotFoundPage } from "./pages/not-found";
import { OtherwisePage } from "./pages/otherwise/otherwise";
import { PassagePage } from "./pages/passage/passage";
import { PolicyPage } from "./pages/policy/policy";
import { QuarantinePage } from "./pages/quarantine";
import { SceneEditorPage } from "./pages/scenes/editor";
import { ScenesPage } from "./pages/scenes/scenes";
import { SectionPage } from "./pages/sections/section";
import { SectionsPage } from "./pages/sections/sections";
import { SignInPage } from "./pages/sign-in";
import { CasePage } from "./pages/cases/case";
import { CasesPage } from "./pages/cases/cases";
import { DevicesPage } from "./pages/enforcement/devices";
import { HandlingPage } from "./pages/handlings/handling";
import { HandlingsPage } from "./pages/handlings/handlings";
import { LawPage } from "./pages/law/law";
import { ReviewFiguresPage } from "./pages/review/figures";
import { ViolationsPage } from "./pages/violations/violations";
import { CrowdingPage } from "./pages/stations/crowding";
import { TimetablePage } from "./pages/stations/timetable";
import { VisitsPage } from "./pages/visits/visits";
import { homeOf } from "./shell/places";
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
    <LiveProvider silent={user.role === "enterprise"}>
      <Routes>
        <Route element={<Shell user={user} />}>
          <Route index element={homeOf(user) === "/" ? <FeedPage /> : <Navigate to={homeOf(user)} replace />} />
          <Route path="passages/:id" element={<PassagePage />} />
          <Route path="alerts" element={<AlertsPage />} />
          <Route path="gates" element={<GatesPage />} />
          <Route path="accesses" element={<AccessesPage />} />
          <Route path="accesses/:id" element={<AccessPage />} />
          <Route path="otherwise" element={<OtherwisePage />} />
          <Route path="policy" element={<PolicyPage />} />
          <Route path="inside" element={<InsidePage />} />
          <Route path="stays" element={<StaysPage />} />
          <Route path="muster" element={<MusterPage />} />
          <Route path="figures" element={<FiguresPage />} />
          <Route path="reports" element={<ReportsPage />} />
          <Route path="exports" element={<ExportsPage />} />
          <Route path="crowding" element={<CrowdingPage />} />
          <Route path="timetable" element={<TimetablePage />} />
          <Route path="members" element={<GroupsPage />} />
          <Route path="members/people" element={<PeoplePage />} />
          <Route path="members/vehicles" element={<VehiclesPage />} />
          <Route path="members/import" element={<ImportPage />} />
          <Route path="passes" element={<PassesPage />} />
          <Route path="visits" element={<VisitsPage />} />
          <Route path="identity" element={<VerifyPage />} />
          <Route path="identity/checks" element={<ChecksPage />} />
          <Route path="review" element={<ReviewPage />} />
          <Route path="review/figures" element={<ReviewFiguresPage />} />
          <Route path="cases" element={<CasesPage />} />
          <Route path="cases/:id" element={<CasePage />} />
          <Route path="handlings" element={<HandlingsPage />} />
          <Route path="handlings/:id" element={<HandlingPage />} />
          <Route path="violations" element={<ViolationsPage />} />
          <Route path="sections" element={<SectionsPage />} />
          <Route path="sections/:site/:id" element={<SectionPage />} />
          <Route path="enforcement/devices" element={<DevicesPage />} />
          <Route path="law" element={<LawPage />} />
          <Route path="cameras" element={<HealthPage />} />
          <Route path="scenes" element={<ScenesPage />} />
          <Route path="scenes/:site/:camera" element={<SceneEditorPage />} />
          <Route path="quarantine" element={<QuarantinePage />} />
          <Route path="admin" element={<AdminPage />} />
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </LiveProvider>
  );
}
