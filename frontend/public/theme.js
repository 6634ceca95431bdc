// Runs before the first paint, when the settings are still in Python: the looks of this page's
// last life, else the theme that the address names (`#token=…&theme=dark`), else the system's.
(function () {
	var root = document.documentElement;
	var theme = new URLSearchParams(location.hash.slice(1)).get('theme');
	if (theme === 'light' || theme === 'dark') {
		root.dataset.theme = theme;
	}
	try {
		var kept = JSON.parse(sessionStorage.getItem('appearance') || 'null');
		if (kept !== null) {
			for (var name in kept.attributes) {
				if (kept.attributes[name] === null) {
					root.removeAttribute(name);
				} else {
					root.setAttribute(name, kept.attributes[name]);
				}
			}
			root.style.fontSize = kept.fontSize;
		}
	} catch {
		// No storage: the address and the system are enough.
	}
})();
