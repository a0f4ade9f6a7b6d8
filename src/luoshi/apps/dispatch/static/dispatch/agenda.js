// The agenda in the making: what is typed to an item is kept at once.

import { guard, keepText } from "./keeping.js";

const keepers = [...document.querySelectorAll("textarea[data-keep]")].map(keepText);
guard(() => keepers);
