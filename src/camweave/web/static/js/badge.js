// An identity's number on its colour: the same as in the pictures.

import { html } from "../vendor/htm-preact.js";
import { idInk, idPaint } from "./colours.js";

export const Badge = ({ id }) =>
  html`<span class="badge" style=${{ background: idPaint(id), color: idInk(id) }}>${id}</span>`;
