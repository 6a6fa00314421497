import { applyTheme } from "./shell/theme";

/** The page for visitors, who have no account and perhaps an old phone: it comes without the console's weight. */
const PUBLIC = /^\/(dang-ky|register)\/?$/;

applyTheme();
const root = document.getElementById("root");
if (root) {
  const page = PUBLIC.test(window.location.pathname) ? import("./pages/visitor/start") : import("./console");
  void page.then(({ start }) => start(root));
}
