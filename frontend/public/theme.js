// Runs before the first paint, when the settings are still in Python: the theme of this page's
// last life, else what the address says (`#token=…&theme=dark`), else the system's (tokens.css).
(function () {
	var theme = new URLSearchParams(location.hash.slice(1)).get('theme');
	try {
		theme = sessionStorage.getItem('theme') || theme;
	} catch {
		// No storage: the address and the system are enough.
	}
	if (theme === 'light' || theme === 'dark') {
		document.documentElement.dataset.theme = theme;
	}
})();
