import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.tsx";
import { listenToKeys } from "./shortcuts.tsx";
import { connect } from "./state/connection.ts";
import { check, lesson } from "./state/state.ts";
import { title } from "./lesson/progress.ts";
import { columns } from "./state/view.ts";

const two = matchMedia("(min-width: 54rem)");
const three = matchMedia("(min-width: 84rem)");

function countColumns(): void {
  columns.value = three.matches ? 3 : two.matches ? 2 : 1;
}

two.addEventListener("change", countColumns);
three.addEventListener("change", countColumns);
countColumns();
listenToKeys();
effect(() => {
  document.title = title(lesson.value, check.value);
});
connect();
const place = document.getElementById("app");
if (place !== null) render(<App />, place);
