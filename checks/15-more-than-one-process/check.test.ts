import { asTests } from "../kit/vitest.ts";
import lesson from "./check.ts";

asTests(lesson);
