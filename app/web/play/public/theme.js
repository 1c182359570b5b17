// Runs before the first paint, so that a chosen theme or language never flashes the other one.
(function () {
  try {
    var theme = localStorage.getItem("carnival.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    var locale = localStorage.getItem("carnival.locale");
    if (locale === "zh-CN" || locale === "en") document.documentElement.lang = locale;
  } catch (refused) {
    document.documentElement.dataset.storage = "refused";
  }
})();
