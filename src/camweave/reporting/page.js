// Say whose looks a cell of the matrix compares. The page is complete without this.
for (const figure of document.querySelectorAll(".matrix")) {
  const ids = figure.dataset.ids.split(" ");
  const levels = atob(figure.dataset.levels.split(",")[1]);
  const image = figure.querySelector("image");
  const says = figure.querySelector("output");
  const cell = (event) => {
    const box = image.getBoundingClientRect();
    const place = (share) => Math.min(ids.length - 1, Math.max(0, Math.floor(share * ids.length)));
    return [place((event.clientY - box.top) / box.height), place((event.clientX - box.left) / box.width)];
  };
  image.addEventListener("pointermove", (event) => {
    const [row, column] = cell(event);
    const level = levels.charCodeAt(row * ids.length + column);
    const cosine = level === 0 ? "no look" : (((level - 1) / 254) * 2 - 1).toFixed(2);
    says.textContent = `${ids[row]} and ${ids[column]}: ${cosine}`;
  });
  image.addEventListener("click", (event) => {
    location.hash = `t${ids[cell(event)[0]]}`;
  });
}
