import { applyTheme } from "./shell/theme";

/** Pages for people who have no account and perhaps an old phone: they come without the console's weight. */
const PUBLIC: [RegExp, () => Promise<{ start: (root: HTMLElement) => unknown }>][] = [
  [/^\/(dang-ky|register)\/?$/, () => import("./pages/visitor/start")],
  [/^\/vi-pham(\/|$)/, () => import("./pages/citizen/start")],
  [/^\/xac-minh(\/|$)/, () => import("./pages/verification/start")],
];

applyTheme();
const root = document.getElementById("root");
if (root) {
  const open = PUBLIC.find(([path]) => path.test(window.location.pathname))?.[1];
  const page: Promise<{ start: (root: HTMLElement) => unknown }> = open ? open() : import("./console");
  void page.then(({ start }) => start(root));
}
