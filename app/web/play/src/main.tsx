import { render } from "preact";
import "../../tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import "./styles/post.css";
import "./styles/inside.css";
import "./styles/packet.css";
import "./styles/overlays.css";
import "./styles/states.css";
import { App } from "./app/app";
import { boot } from "./app/boot";

boot();
const root = document.getElementById("app");
if (root) render(<App />, root);
